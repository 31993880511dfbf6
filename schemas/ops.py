"""Tables that tell what happened: runs, files, forms, findings, control totals (``ops``)."""

from dataclasses import dataclass

from schemas.tables import Table, euro, moment, text, whole

RUN = Table(
    "ops",
    "run",
    "One row per committed run",
    (
        text("run_id", "Identifier of the run, starts with its starting moment"),
        text("kind", "Declaration kind, for example dmfa"),
        text("quarter", "Quarter that was asked for"),
        moment("started_at", "Start"),
        moment("committed_at", "Moment of the commit"),
        text("author", "Who ran it"),
        text("software", "Version of kwartaal"),
        text("contract", "Fingerprint of the schemas in force"),
        text("rates", "Fingerprint of the rates in force"),
        whole("files_in", "Files found"),
        whole("files_known", "Files left alone: same content was processed before"),
        whole("bytes_in", "Bytes of the files processed"),
        whole("forms_in", "Forms found = accepted + refused + quarantined"),
        whole("forms_accepted", "Forms accepted"),
        whole("forms_refused", "Forms refused: against the contract"),
        whole("forms_quarantined", "Forms set aside: not for this run, or no schema to judge by"),
        whole("relations", "Relations of the accepted forms, each declaration's own"),
        euro("declared", "Net amount declared by the accepted forms"),
        euro("computed", "Contributions computed"),
        whole("tolerance", "Cents that an amount could differ before its anomaly was told"),
        text("reference", "Digest of the reference tables, none without any"),
    ),
)

FILE = Table(
    "ops",
    "file",
    "One row per received file and run",
    (
        text("run_id", "Run"),
        text("file_id", "SHA-256 of the received bytes"),
        text("name", "Path as given to the run"),
        whole("size", "Bytes"),
        text("encoding", "Encoding of the file"),
        text("release", "Release whose schema judged it, null when none could"),
        text("disposition", "processed, refused, quarantined, or known (same content before)"),
        whole("forms", "Forms found"),
    ),
)

FORM = Table(
    "ops",
    "form",
    "One row per form and run, with its control totals counted in the received bytes",
    (
        text("run_id", "Run"),
        text("file_id", "File"),
        whole("form_no", "Number of the form in its file, from 1"),
        whole("line", "Line of its start tag"),
        whole("byte_start", "Offset of its first byte in the received file"),
        whole("byte_end", "Offset behind its last byte"),
        text("disposition", "accepted, refused or quarantined"),
        text("quarter", "Declared quarter, null when it could not be read"),
        text("employer", "Employer, null when it could not be read"),
        text("trusteeship", "Zone 00012: 1 = declared by a trustee"),
        text("reference", "Reference of the declarant (zone 00222)"),
        whole("persons", "NaturalPerson blocks"),
        whole("worker_records", "WorkerRecord blocks"),
        euro("net_owed", "NetOwedAmount"),
        euro("remuneration", "Sum of RemunAmount"),
        euro("contributions", "Sum of ContributionAmount"),
    ),
)

FINDING = Table(
    "ops",
    "finding",
    "Why something was refused, set aside or doubted",
    (
        text("run_id", "Run"),
        text("file_id", "File"),
        whole("form_no", "Form, null when the whole file is meant"),
        text("code", "Stable code: official anomaly number, or a word of kwartaal"),
        text("suffix", "Official anomaly suffix (annex 30), null when there is none"),
        text(
            "severity",
            "B blocking, P counts for the refusal percentage, NP does not, W warning",
        ),
        text("certainty", "How sure the rule is: documented, or derived by kwartaal"),
        whole("line", "Line in the received file"),
        text("path", "Path of the element"),
        text("zone", "Official zone or block number"),
        text("value", "Offending value as received, cut at 200 characters"),
        text("message", "What is wrong, in words"),
    ),
)

CONTROL = Table(
    "ops",
    "control",
    "Control totals of a run: counted in the received bytes, and in the tables",
    (
        text("run_id", "Run"),
        text("measure", "What is counted"),
        whole("in_xml", "Counted in the bytes of the accepted forms (cents for amounts)"),
        whole("in_lake", "Counted in the tables"),
    ),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A control total: counted in the bytes of a form into ``form_column`` of ``ops.form``, and in
    the lake over ``tables``. With ``column`` its cents are summed, without it rows are counted."""

    name: str
    form_column: str
    tables: tuple[str, ...]
    column: str | None = None


MEASURES = (
    Measure("persons", "persons", ("dmfa.natural_person",)),
    Measure("worker records", "worker_records", ("dmfa.worker_record",)),
    Measure("net owed cents", "net_owed", ("dmfa.employer_declaration",), "net_owed_amount"),
    Measure("remuneration cents", "remuneration", ("dmfa.remun",), "remun_amount"),
    Measure(
        "contribution cents",
        "contributions",
        ("dmfa.worker_contribution", "dmfa.compl_indemnity_contribution"),
        "contribution_amount",
    ),
)

TABLES = (RUN, FILE, FORM, FINDING, CONTROL)
