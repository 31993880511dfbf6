"""DmfA: what an employer's workers worked and were paid in a quarter, as an original."""

from schemas.kind import IdentityPaths, Key, Kind
from schemas.quarter import Quarter

DMFA = Kind(
    name="dmfa",
    title="Multifunctional quarterly declaration, original",
    home="dmfa",
    facts=("dmfa",),
    root="DmfAOriginal",
    form="Form",
    schema_file="DmfAOriginal_{}.xsd",
    releases=(Quarter(2022, 2), Quarter(2023, 1)),
    # 2022/3 and 2022/4 were published with the very same contract.
    aliases={Quarter(2022, 3): Quarter(2022, 2), Quarter(2022, 4): Quarter(2022, 2)},
    keys=(
        Key("quarter", "EmployerDeclaration", ("Quarter",), "quarter"),
        Key("employer", "EmployerDeclaration", ("NOSSRegistrationNbr", "CompanyID"), "employer"),
        Key("inss", "NaturalPerson", ("INSS",)),
        Key("employer_class", "WorkerRecord", ("EmployerClass",)),
        Key("worker_code", "WorkerRecord", ("WorkerCode",)),
    ),
    release_zone="Quarter",
    identity=IdentityPaths(
        quarter="EmployerDeclaration/Quarter",
        employer="EmployerDeclaration/NOSSRegistrationNbr",
        company="EmployerDeclaration/CompanyID",
        trusteeship="EmployerDeclaration/Trusteeship",
        reference="Reference/ReferenceNbr",
    ),
    duplicate="90007-006",
    repeated=("EmployerDeclaration", "NaturalPerson"),
)
