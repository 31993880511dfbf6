"""The user of an agency worker (block 90107, from release 2023/1)."""

from transforms.synth.desk import Desk
from transforms.synth.employers import company_number

_BELGIUM = 150


def using_employer(desk: Desk) -> str:
    """Mostly an employer nearby by its enterprise number; else a name with its address."""
    if not desk.hit("using_employer_named"):
        neighbour = desk.employer.index + desk.between(1, desk.figures.number["user_distance"])
        return desk.blocks.using_employer((None, company_number(desk.seed, neighbour)))
    postcode, city = desk.pick("city").split()
    number = desk.between(1, 300)
    address = desk.blocks.address(("Stationsstraat", number, None, postcode, city, _BELGIUM))
    return desk.blocks.using_employer((f"Gebruiker {number} bv", None), address)
