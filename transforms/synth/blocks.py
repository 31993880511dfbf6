"""The blocks of a DmfA original with the leaves that the generator fills, in schema order.

Source: DmfAOriginal 2022/2 to 2023/1. Depths count from the root element, which is 0.
"""

from collections import Counter
from dataclasses import dataclass, fields

from schemas.layout import BlockTable
from schemas.layout import Layout as Tables
from transforms.contribute.lines import SOURCES
from transforms.synth.kept import Kept, Line, Slot
from transforms.synth.xml import Layout

_DEDUCTION = "DeductionCode DeductionCalculationBasis DeductionAmount DeductionRightStartingDate"
_DETAIL = "AverageWorkingTimeBeforeReduction AverageWorkingTimeAfterReduction"

_SHAPES: dict[str, tuple[str, int, str]] = {
    "form": (
        "Form",
        1,
        "Identification FormCreationDate FormCreationHour AttestationStatus TypeForm",
    ),
    "reference": ("Reference", 2, "ReferenceType ReferenceOrigin ReferenceNbr"),
    "employer": (
        "EmployerDeclaration",
        2,
        "Quarter NOSSRegistrationNbr Trusteeship CompanyID NetOwedAmount HolidayStartingDate",
    ),
    "person": ("NaturalPerson", 3, "NaturalPersonSequenceNbr INSS NaturalPersonUserReference"),
    "vehicle": ("CompanyVehicle", 3, "CompanyVehicleSequenceNbr LicensePlate EcoVehicle"),
    "unrelated": (
        "ContributionUnrelatedToNP",
        3,
        "UnrelatedEmployerClass UnrelatedWorkerCode UnrelatedCalculationBasis UnrelatedAmount",
    ),
    "compensation": (
        "EmployerCompensation",
        3,
        "CompensationCode CompensationAmount",
    ),
    "record": (
        "WorkerRecord",
        4,
        (
            "EmployerClass WorkerCode NOSSQuarterStartingDate NOSSQuarterEndingDate Border "
            "WorkerRecordUserReference"
        ),
    ),
    "occupation": (
        "Occupation",
        5,
        (
            "OccupationSequenceNbr OccupationStartingDate OccupationEndingDate JointCommissionNbr "
            "WorkingDaysSystem ContractType RefMeanWorkingHours WorkerStatus MeanWorkingHours "
            "ReorganisationMeasure Retired Apprenticeship OccupationUserReference "
            "ActivityCode LocalUnitID"
        ),
    ),
    "informations": (
        "OccupationInformations",
        6,
        (
            "HorecaExtra PostedWorker HourRemunInThousandthOfEuro IllnessGrossRemunAmount "
            "SupplPensionContributionExemption CareerMeasure ServiceExemptionNotion MobilityBudget "
            "FlemishTrainingHolidayHoursNbr RegionalAidMeasure"
        ),
    ),
    "second_pillar": (
        "SecondPillarInformation",
        6,
        "ReferenceYearMonth MonthlyScaleSalary MonthlyHomeIndemnity OfficialLanguage",
    ),
    "service": ("Service", 6, "ServiceSequenceNbr ServiceCode ServiceNbrDays ServiceNbrHours"),
    "remun": (
        "Remun",
        6,
        "RemunSequenceNbr RemunCode BonusPaymentFrequency RemunAmount",
    ),
    "public_service": (
        "OccupationPublicServiceData",
        6,
        (
            "OccupationPSDStartDate PublicSectorInstitutionType PublicSectorPersonnelCategory "
            "GradeOrFunction OfficialLanguage AssignmentType FunctionNature"
        ),
    ),
    "scale_salary": (
        "ScaleSalary",
        7,
        "ScaleSalaryStartDate PecuniarySeniorityStartDate SalaryScaleReference ScaleSalaryAmount",
    ),
    "additional_scale_salary": (
        "AdditionalScaleSalary",
        8,
        (
            "AdditionalScaleSalaryStartDate AdditionalScaleSalaryReference "
            "AdditionalScaleSalaryPercentage AdditionalScaleSalaryAmount"
        ),
    ),
    "reorg_measure": (
        "ReorgMeasureInformation",
        6,
        "ReorganisationMeasure ReorganisationMeasurePercentage",
    ),
    "using_employer": ("UsingEmployer", 6, "UsingEmployerName UsingEmployerCompanyID"),
    "address": ("Address", 7, "Street HouseNbr PostBox ZIPCode City Country"),
    "occupation_deduction": ("OccupationDeduction", 6, _DEDUCTION),
    "occupation_deduction_detail": (
        "OccupationDeductionDetail",
        7,
        f"DeductionDetailSequenceNbr WorkingRegulationsStartingDate {_DETAIL}",
    ),
    "activation": (
        "ActivationInformation",
        5,
        "ServiceExemptionStartDate TrainingSituationStartDate TrainingSituation",
    ),
    "contribution": (
        "WorkerContribution",
        5,
        "ContributionWorkerCode ContributionType ContributionCalculationBasis ContributionAmount",
    ),
    "deduction": ("WorkerDeduction", 5, _DEDUCTION),
    "deduction_detail": (
        "DeductionDetail",
        6,
        f"DeductionDetailSequenceNbr DeductionDetailAmount WorkingRegulationsRegistryNbr {_DETAIL}",
    ),
    "dismissed": (
        "DismissedStatutoryWorkerContribution",
        5,
        (
            "GrossRefRemunAmount GrossRefRemunContributionAmount RefNbrDays SubjectionStartingDate "
            "SubjectionEndingDate"
        ),
    ),
    "student": (
        "StudentContribution",
        5,
        "StudentRemunAmount StudentContributionAmount StudentHoursNbr LocalUnitID",
    ),
    "early_retirement": (
        "EarlyRetirementContribution",
        5,
        "EarlyRetirementCode EarlyRetirementNbrMonths EarlyRetirementContributionAmount",
    ),
    "indemnity": (
        "ComplementaryIndemnity",
        5,
        (
            "EmployerNotion JointCommissionNbr ActivityCode DebtorType FirstComplIndemnityDate "
            "ComplIndemnityAgreementNotion HalfTimeCareerInterruptionNotion ServiceExemptionNotion "
            "ReplacementAccordanceWCCNotion ResumptionOfWorkMeasure NoticeDate "
            "AilingOrReorgCompanyNotion AcknowledgementStartDate AcknowledgementEndDate"
        ),
    ),
    "indemnity_contribution": (
        "ComplIndemnityContribution",
        6,
        (
            "ContributionWorkerCode ContributionType ComplIndemnityAmountAdjustNotion "
            "ContributionSequenceNbr ComplIndemnityAmount CapitalizationNotion "
            "WelfareBenefitTheoreticalAmount ComplIndemnityNbrMonths IncompleteMonthReason "
            "ContributionAmount"
        ),
    ),
    "accident_indemnity": ("IndemnityWAPM", 5, "IndemnityNature IncapacityDegree IndemnityAmount"),
}


@dataclass(frozen=True, slots=True)
class Blocks:
    """Every block of some forms: call it with the values of its leaves, after what it holds.

    ``slots``: the amounts of these forms, in document order.
    """

    slots: list[Slot]

    form: Kept
    reference: Kept
    employer: Kept
    person: Kept
    vehicle: Kept
    unrelated: Kept
    compensation: Kept
    record: Kept
    occupation: Kept
    informations: Kept
    second_pillar: Kept
    service: Kept
    remun: Kept
    public_service: Kept
    scale_salary: Kept
    additional_scale_salary: Kept
    reorg_measure: Kept
    using_employer: Kept
    address: Kept
    occupation_deduction: Kept
    occupation_deduction_detail: Kept
    activation: Kept
    contribution: Kept
    deduction: Kept
    deduction_detail: Kept
    dismissed: Kept
    student: Kept
    early_retirement: Kept
    indemnity: Kept
    indemnity_contribution: Kept
    accident_indemnity: Kept

    @property
    def every(self) -> list[Kept]:
        found = (getattr(self, field.name) for field in fields(self))
        return [kept for kept in found if isinstance(kept, Kept)]

    def forget(self) -> None:
        """Drops what was kept: slots know their blocks, so blocks must not hold them for good."""
        for kept in self.every:
            kept.items.clear()
        self.slots.clear()


def blocks(layout: Layout, tables: Tables) -> Blocks:
    """Blocks that keep nothing yet, for a release with these tables."""
    slots: list[Slot] = []
    made = {name: _block(name, layout, tables, slots) for name in _SHAPES}
    by_path = {kept.place.path: kept for kept in made.values() if kept.place}
    for path, kept in by_path.items():
        if len(path) > 1:
            kept.above = by_path[path[:-1]].items
    return Blocks(slots, **made)


def _block(name: str, layout: Layout, tables: Tables, slots: list[Slot]) -> Kept:
    tag, depth, leaves = _SHAPES[name]
    place = _only_place(tag, tables)
    for source in SOURCES:
        if place is not None and place.table.name == source.table:
            return Line(tag, depth, leaves, layout, place, source, slots)
    return Kept(tag, depth, leaves, layout, place)


def _only_place(tag: str, tables: Tables) -> BlockTable | None:
    """Where a block stands; none for a block with several places, or that the release lacks."""
    times = Counter(table.path[-1] for table in tables)
    return next((t for t in tables if t.path[-1] == tag and times[tag] == 1), None)
