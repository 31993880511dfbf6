"""Small Dimona documents, spelled out block by block, and the tables that they become."""

from declared import CATALOGUE, block, zone, zones
from lxml import etree

from schemas.catalogue import Release
from schemas.dimona import DIMONA
from schemas.quarter import Quarter
from transforms.shred import Shredder
from transforms.shredded import Shredded

NSSO, COMPANY, PROVISIONAL = "112367321", "0341367348", "5000000120"
INSS, OTHER_INSS = "85073003328", "00010100105"
PERIOD = "123456789103"
Q1_2023 = Quarter(2023, 1)


def form(*content: str, references: tuple[tuple[int, str], ...] = ()) -> str:
    head = zones(
        Identification="DIMONA",
        FormCreationDate="2023-01-10",
        FormCreationHour="16:38:00.000",
        AttestationStatus=0,
        TypeForm="SU",
    )
    told = (
        block("Reference", zones(ReferenceType=kind, ReferenceOrigin=1, ReferenceNbr=number))
        for kind, number in references
    )
    return block("Form", head, *told, *content)


def employer(nsso: str | None = NSSO, company: str | None = None) -> str:
    return block("EmployerId", zones(NOSSRegistrationNbr=nsso, CompanyID=company))


def dimona_in(*more: str, person: str = "", features: str = "") -> str:
    """A start on 10 January 2023; ``more`` are the blocks behind the features."""
    return block(
        "DimonaIn",
        zone("StartingDate", "2023-01-10"),
        employer(company=COMPANY),
        person or block("NaturalPerson", zone("INSS", INSS)),
        features or block("DimonaFeatures", zones(JointCommissionNbr="XXX", WorkerType="OTH")),
        *more,
    )


def release_of(quarter: Quarter = Q1_2023) -> Release:
    found = CATALOGUE.find(DIMONA, quarter)
    assert found is not None
    return found


def document(*forms: str) -> bytes:
    return "\n".join(["<Dimona>", *forms, "</Dimona>"]).encode()


def shredded(*forms: str, release: Quarter = Q1_2023) -> Shredded:
    """Tables of one file ``a`` with these forms, which have to be valid."""
    root = etree.fromstring(document(*forms))
    release_of(release).validator.assertValid(root.getroottree())
    shredder = Shredder(release_of(release).layout)
    for number, element in enumerate(root, start=1):
        shredder.add(element, "a", number)
    return shredder.finish()
