"""What a tenant may run: the programs of the operator, without what is the operator's alone."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, JsonValue

from addon_portal.api.schemas.fields import Answer
from addon_portal.domain.models import Program, Tenant


class OfferedProgramBody(Answer):
    """A program that a project can be made of. Its environment is nobody's business."""

    id: Annotated[str, Field(examples=["prg_01k7qz8a1b2c3d4e5f6g7h8j9k"])]
    name: Annotated[str, Field(examples=["etl"])]
    argv: Annotated[list[str], Field(description="Parts may hold `{name}`, which is filled from the parameters.")]
    parameters_schema: Annotated[
        dict[str, JsonValue], Field(description="JSON Schema that the parameters of a project must meet.")
    ]


class OfferBody(Answer):
    """What the tenant's projects may run."""

    may_run_own_commands: Annotated[bool, Field(description="Whether a project may have a `command`.")]
    items: Annotated[list[OfferedProgramBody], Field(description="By name.")]


def offer_body(tenant: Tenant, programs: Iterable[Program]) -> dict[str, object]:
    """What a tenant may run."""
    return {
        "may_run_own_commands": tenant.may_run_own_commands,
        "items": [
            {
                "id": program.id,
                "name": program.name,
                "argv": list(program.argv),
                "parameters_schema": program.parameters_schema,
            }
            for program in sorted(programs, key=lambda each: each.name)
        ],
    }
