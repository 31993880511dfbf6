"""Declarations as text: the forms of a Dimona file, in the order of the schema.

Source: Dimona 2022/2 to 2023/1, which differ in the types of workers alone.
"""

from transforms.dimona.numbers import FOR_NO_REMAINDER, MODULUS
from transforms.synth.days import iso
from transforms.synth.dimona.message import CANCEL, DAILY, IN, NO_END, OUT, Message, Sender, User
from transforms.synth.dimona.timing import created
from transforms.synth.xml import Block, Layout

_BELGIUM = "00150"
_CARDS, _CARDS_FIRST = 800_000_000_000, 100_000_000_000
_MINUTES = 55
"""Forms are made less than an hour before they are received."""


def number_of(receipt: int) -> str:
    """The number that the register gives for one receipt, as ``numbers`` does for many."""
    return f"{receipt:010}{receipt % MODULUS or FOR_NO_REMAINDER:02}"


class Wire:
    """Writes forms in one layout."""

    def __init__(self, layout: Layout, wire_quarter: str) -> None:
        def block(tag: str, depth: int, leaves: str = "") -> Block:
            return Block(tag, depth, leaves, layout)

        self._quarter = wire_quarter
        head = "Identification FormCreationDate FormCreationHour AttestationStatus TypeForm"
        address = "Street HouseNbr ZIPCode City Country"
        period, dates = "DimonaPeriodId", "StartingDate StartingHour EndingDate EndingHour"
        self._form = block("Form", 1, head)
        self._reference = block("Reference", 2, "ReferenceType ReferenceOrigin ReferenceNbr")
        self._in = block("DimonaIn", 2, f"{dates} PlannedHoursNbr")
        self._out = block("DimonaOut", 2, f"{period} EndingDate INSS")
        self._update = block("DimonaUpdate", 2, f"{period} {dates} INSS PlannedHoursNbr")
        self._cancel = block("DimonaCancel", 2, f"{period} INSS")
        self._daily = block(
            "DailyRegistrationDeclaration",
            2,
            f"AttestationStatus DailyRegistrationId {period} {dates}",
        )
        self._employer = block("EmployerId", 3, "NOSSRegistrationNbr CompanyID")
        self._person = block("NaturalPerson", 3, "INSS")
        self._features = block("DimonaFeatures", 3, "JointCommissionNbr WorkerType")
        self._user = block(
            "UsingEmployer", 4, "JointCommissionNbr UsingEmployerName UsingEmployerCompanyID"
        )
        self._user_address = block("Address", 5, address)
        self._cards = block("ConstructionControlCards", 3, "FirstMonthC32ANbr NextMonthC32ANbr")
        self._place = block("StudentPlaceOfWork", 3, "Denomination")
        self._place_address = block("Address", 4, address)

    def form(self, message: Message) -> str:
        """The text of a declaration; the receipts that it names are known."""
        number = message.number
        day, hour = created(message.slot, 1 + (message.employer.index + number) % _MINUTES)
        reference = f"K{self._quarter}{message.employer.index:07}{number:07}"
        inside = self._reference.written((1, 1, reference)) + self._action(message)
        return self._form.written(("DIMONA", day, hour, 0, "SU"), inside)

    def _action(self, said: Message) -> str:
        if said.action == IN:
            return self._start(said)
        period = None if said.names is None else number_of(_receipt(said.names))
        first = None if said.first is None else iso(said.first)
        last = NO_END if said.no_end else None if said.last is None else iso(said.last)
        employer = self._sender(said.employer) if said.inss else ""
        if said.action == OUT:
            return self._out.written((period, last, said.inss), employer)
        if said.action == CANCEL:
            return self._cancel.written((period, said.inss), employer)
        dates = (first, said.first_hour, last, said.last_hour)
        if said.action == DAILY:
            made = None if said.registration is None else number_of(said.registration.receipt)
            return self._daily.written((said.status, made, period, *dates))
        return self._update.written((period, *dates, said.inss, said.planned), employer)

    def _start(self, said: Message) -> str:
        assert said.first is not None
        inside = self._sender(said.employer) + self._person.written((said.inss,))
        user = self._using(said.user) if said.user else ""
        inside += self._features.written((said.committee, said.worker_type), user)
        if said.cards:
            card = _CARDS_FIRST + (said.first * 9_973 + said.number * 31) % _CARDS
            inside += self._cards.written((card, card + 1))
        if said.place:
            inside += self._place.written(("Bijkantoor",), self._address(said.place, 4))
        last = None if said.last is None else iso(said.last)
        dates = (iso(said.first), said.first_hour, last, said.last_hour)
        return self._in.written((*dates, said.planned), inside)

    def _sender(self, employer: Sender) -> str:
        return self._employer.written((employer.nsso, employer.company))

    def _using(self, user: User) -> str:
        address = self._address(user.city, 5) if user.city else ""
        return self._user.written((user.committee, user.name, user.company), address)

    def _address(self, city: str, depth: int) -> str:
        postcode, name = city.split(" ", 1)
        block = self._user_address if depth == 5 else self._place_address
        return block.written(("Stationsstraat", 1, postcode, name, _BELGIUM))


def _receipt(named: Message | int) -> int:
    return named if isinstance(named, int) else named.receipt
