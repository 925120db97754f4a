"""`webhook …`: who is told of what happens, and what was sent to them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.errors import BadUsage
from addon_portal.cli.lookups import get_project, get_webhook
from addon_portal.cli.options import AsJson, Commands, Data, Key, Url, connect, examples
from addon_portal.cli.output import cut, hint, print_fields, print_json, print_line, print_table, time_text
from addon_portal.cli.visible import visible

app = typer.Typer(
    help="Webhooks: who is told when runs fail, recover, are overdue. Needs the role admin.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples(
        "addon-portal webhook create on-call https://hooks.example.com/portal",
        "addon-portal webhook deliveries on-call",
    ),
)

Json = dict[str, Any]
Which = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Name or id.")]
Message = Annotated[str, typer.Argument(metavar="DELIVERY", help="The id, as webhook deliveries shows it.")]
_BASE = ("tenant", "webhooks")


@app.command(
    epilog=examples(
        "addon-portal webhook create on-call https://hooks.example.com/portal",
        "addon-portal webhook create nightly https://hooks.example.com/x --project nightly --event run.failed",
        "addon-portal webhook create mail @address --channel apprise      # mailto://…, slack://… in a file",
    )
)
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that no other webhook has.")],
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Where messages go, or @FILE with that, for others not to see it.")
    ],
    project: Annotated[
        str | None, typer.Option("--project", metavar="PROJECT", help="Tell of this project only: name or id.")
    ] = None,
    event: Annotated[
        list[str] | None, typer.Option("--event", metavar="EVENT", help="What to tell; may be repeated.")
    ] = None,
    channel: Annotated[
        str, typer.Option("--channel", metavar="webhook|apprise", help="Signed posts; or e-mail and chats.")
    ] = "webhook",
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Tell somebody of what happens from now on. The secret that signs the messages is shown this once."""
    client = connect(url, key, data)
    body: Json = {"name": name, "channel": channel, "url": _read_address(address)}
    if project is not None:
        body["project_id"] = get_project(client, project)["id"]
    if event:
        body["events"] = event
    webhook = client.post(path_of(*_BASE), body)
    if as_json:
        print_json(webhook)
        return
    print_line(f"Made webhook {visible(webhook['name'])} ({webhook['id']}).")
    if webhook["secret"]:
        print_line(webhook["secret"])
        hint("The secret verifies that messages are from here. It is not shown again.")


@app.command("list", epilog=examples("addon-portal webhook list --json"))
def list_webhooks(url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """List webhooks, newest first."""
    webhooks = list(connect(url, key, data).iter_items(path_of(*_BASE)))
    if as_json:
        print_json(webhooks)
        return
    print_table(
        ("WEBHOOK", "ID", "TO", "PROJECT", "ENABLED"),
        (
            (
                hook["name"],
                hook["id"],
                cut(hook["url"]),
                hook["project_id"] or "all",
                "yes" if hook["enabled"] else "no",
            )
            for hook in webhooks
        ),
        "There are no webhooks.",
    )


@app.command(epilog=examples("addon-portal webhook show on-call"))
def show(webhook: Which, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Show a webhook, without its secret."""
    _show(get_webhook(connect(url, key, data), webhook), as_json=as_json)


@app.command(epilog=examples("addon-portal webhook rotate on-call"))
def rotate(webhook: Which, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Replace a webhook's secret. For 24 hours messages carry a signature by each of the two."""
    issued = _act(connect(url, key, data), webhook, "rotate")
    if as_json:
        print_json(issued)
        return
    print_line(issued["secret"])
    hint(f"The secret before this one is good until {issued['previous_secret_until']}. This one is not shown again.")


@app.command(epilog=examples("addon-portal webhook enable on-call"))
def enable(webhook: Which, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Send what waits, and tell of what happens from now on."""
    _show(_act(connect(url, key, data), webhook, "enable"), as_json=as_json)


@app.command(epilog=examples("addon-portal webhook disable on-call"))
def disable(webhook: Which, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Send nothing more: what waits is kept, what happens meanwhile is never told."""
    _show(_act(connect(url, key, data), webhook, "disable"), as_json=as_json)


@app.command("test", epilog=examples("addon-portal webhook test on-call"))
def send_test(webhook: Which, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Have a test message sent, once. Look at what came of it with webhook deliveries."""
    _tell_delivery(_act(connect(url, key, data), webhook, "test"), as_json=as_json)


@app.command(epilog=examples("addon-portal webhook deliveries on-call --limit 5"))
def deliveries(
    webhook: Which,
    delivery: Annotated[
        str | None, typer.Argument(metavar="DELIVERY", help="Show this one with every attempt.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many at most.")] = 20,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List what was sent to a webhook or waits to be, newest first."""
    client = connect(url, key, data)
    base = (*_BASE, get_webhook(client, webhook)["id"], "deliveries")
    if delivery is not None:
        _show_delivery(client.get(path_of(*base, delivery)), as_json=as_json)
        return
    found = list(client.iter_items(path_of(*base), limit))
    if as_json:
        print_json(found)
        return
    print_table(
        ("ID", "EVENT", "RUN", "STATE", "ATTEMPTS", "HAPPENED", "NEXT ATTEMPT"),
        (
            (
                *(each[name] for name in ("id", "event", "run_id", "state", "attempts")),
                *(time_text(each[name]) for name in ("happened_at", "next_attempt_at")),
            )
            for each in found
        ),
        "Nothing was sent to it, and nothing waits.",
    )


@app.command(epilog=examples("addon-portal webhook redeliver on-call msg_01k7qz9t3v5x8y2m4n6p0r1s2a"))
def redeliver(
    webhook: Which,
    delivery: Message,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Have the same message sent now, under its identifier."""
    client = connect(url, key, data)
    webhook_id = get_webhook(client, webhook)["id"]
    _tell_delivery(client.post(path_of(*_BASE, webhook_id, "deliveries", delivery, "redeliver")), as_json=as_json)


@app.command(epilog=examples("addon-portal webhook remove on-call"))
def remove(webhook: Which, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Remove a webhook, what waits to be sent to it, and its log."""
    client = connect(url, key, data)
    found = get_webhook(client, webhook)
    client.delete(path_of(*_BASE, found["id"]))
    if as_json:
        print_json({"id": found["id"], "name": found["name"], "removed": True})
        return
    print_line(f"Removed webhook {visible(found['name'])}.")


def _read_address(given: str) -> str:
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise BadUsage(f"{given[1:]!r} is not UTF-8 text, as an address is.") from None
    except OSError as error:
        raise BadUsage(f"{given[1:]!r} cannot be read: {error.strerror}.") from None


def _act(client: PortalClient, webhook: str, what: str) -> Json:
    return client.post(path_of(*_BASE, get_webhook(client, webhook)["id"], what))


def _show(webhook: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(webhook)
        return
    events = ", ".join(webhook["events"])
    print_fields((*((name, value) for name, value in webhook.items() if name != "events"), ("events", events)))


def _tell_delivery(delivery: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(delivery)
    else:
        print_line(f"Asked for {delivery['id']}.")


def _show_delivery(delivery: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(delivery)
        return
    print_fields((name, value) for name, value in delivery.items() if name not in {"payload", "log"})
    print_line("")
    print_table(
        ("ATTEMPT", "AT", "SECONDS", "STATUS", "ERROR"),
        (
            (each["number"], time_text(each["started_at"]), f"{each['seconds']:.3f}", each["status"], each["error"])
            for each in delivery["log"]
        ),
        "It was not attempted yet.",
    )
