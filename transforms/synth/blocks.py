"""The blocks of a DmfA original with the leaves that the generator fills, in schema order.

Source: DmfAOriginal 2022/2 to 2023/1. Depths count from the root element, which is 0.
"""

from dataclasses import dataclass
from functools import cache

from transforms.synth.xml import Block, Layout

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
            "PostedWorker HourRemunInThousandthOfEuro IllnessGrossRemunAmount "
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
    """Every block in one layout: call it with the values of its leaves."""

    form: Block
    reference: Block
    employer: Block
    person: Block
    vehicle: Block
    unrelated: Block
    compensation: Block
    record: Block
    occupation: Block
    informations: Block
    second_pillar: Block
    service: Block
    remun: Block
    public_service: Block
    scale_salary: Block
    additional_scale_salary: Block
    reorg_measure: Block
    using_employer: Block
    address: Block
    occupation_deduction: Block
    occupation_deduction_detail: Block
    activation: Block
    contribution: Block
    deduction: Block
    deduction_detail: Block
    dismissed: Block
    student: Block
    early_retirement: Block
    indemnity: Block
    indemnity_contribution: Block
    accident_indemnity: Block


@cache
def blocks(layout: Layout) -> Blocks:
    return Blocks(
        **{
            name: Block(tag, depth, leaves, layout)
            for name, (tag, depth, leaves) in _SHAPES.items()
        }
    )
