"""`up` and `down`: the portal of one machine as a whole."""

import json
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from addon_portal.cli.errors import BadUsage, InstallationTrouble
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.first_start import DEMO_KEY_FILE
from addon_portal.cli.options import AsJson, Data, DatabaseUrl, examples, settings_of
from addon_portal.cli.output import hint, print_json, print_line, runs_go_on

if TYPE_CHECKING:
    from addon_portal.cli.shutdown import KeeperEnd
    from addon_portal.cli.stopping import Stopped
    from addon_portal.cli.upkeep.options import UpOptions
    from addon_portal.config import Settings


class OnShutdown(StrEnum):
    """What becomes of active runs when the portal ends."""

    LEAVE = "leave"
    STOP = "stop"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog=examples(
            "addon-portal up",
            "addon-portal up --data /srv/portal --port 8080",
            "addon-portal up --on-shutdown stop        # as the main process of a container",
        )
    )(up)
    app.command(epilog=examples("addon-portal down", "addon-portal down --stop-runs --timeout 60"))(down)


def up(
    data: Data = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="Port; 0 takes a free one.")
    ] = None,
    host: Annotated[str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = None,
    database_url: DatabaseUrl = None,
    no_samples: Annotated[
        bool, typer.Option("--no-samples", help="Make no sample projects at the first start.")
    ] = False,
    on_shutdown: Annotated[
        OnShutdown | None,
        typer.Option("--on-shutdown", help="Active runs at the end: by default leave; as PID 1 stop."),
    ] = None,
) -> None:
    """Start the portal here and keep it going, in the foreground.

    Ready when GET /readyz answers 200; DIR/up.json then holds {url, api_key, pids}. Ctrl-C ends the portal; runs go on
    unless --on-shutdown says otherwise, and the next `up` finds them.
    """
    from addon_portal.cli.upkeep.beginning import keep_the_portal_up

    settings = settings_of(data_dir=data, port=port, bind_host=host, database_url=database_url)
    _check_address(settings)
    stop = on_shutdown is OnShutdown.STOP or (on_shutdown is None and os.getpid() == 1)
    options = _options_of(settings, samples=not no_samples, stop_runs_at_end=stop)
    raise typer.Exit(keep_the_portal_up(options))


def _check_address(settings: "Settings") -> None:
    """Make nothing where the portal could not listen. Who has a portal there is told of that one, further on."""
    from addon_portal.cli.upkeep.listening import CannotListen, check_address

    if settings.data.up_lock.exists():
        return
    try:
        check_address(settings.bind_host, settings.port)
    except CannotListen as problem:
        raise InstallationTrouble(str(problem)) from problem


def _options_of(settings: "Settings", *, samples: bool, stop_runs_at_end: bool) -> "UpOptions":
    """What the settings say. Makes the data directory and the host's identity."""
    from addon_portal.cli.upkeep.options import UpOptions
    from addon_portal.config import ensure_host_id, variable_of
    from addon_portal.domain.clock import SystemClock

    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        host_id = ensure_host_id(settings, SystemClock())
    except OSError as error:
        raise InstallationTrouble(
            f"{settings.data_dir}: {error.strerror}. Choose a directory that you may write, with --data."
        ) from error
    data = settings.data
    return UpOptions(
        data=str(data.root),
        lock_file=str(data.up_lock),
        up_file=str(data.up_file),
        keepers=str(data.keepers),
        logs=str(data.logs),
        host=settings.bind_host,
        port=settings.port,
        samples=samples,
        stop_runs_at_end=stop_runs_at_end,
        environment={
            variable_of("data_dir"): str(data.root),
            variable_of("database_url"): settings.database,
            variable_of("host_id"): host_id,
        },
        supervisor=json.dumps(settings.supervisor_options(host_id)),
        notifier=json.dumps({**settings.notifier_options(host_id), "leaves_when_idle": True}),
        notifier_marker=str(data.notifier_marker),
        demo_marker=str(data.demo_marker),
        login_link_minutes=settings.login_link_minutes,
        public_url=settings.public_url,
        demo_key=str(data.root / DEMO_KEY_FILE),
    )


def down(
    data: Data = None,
    database_url: DatabaseUrl = None,
    stop_runs: Annotated[bool, typer.Option("--stop-runs", help="Stop all active runs, then the keeper too.")] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            min=0,
            help="With --stop-runs: give up after that; by default 30 s after the longest grace time.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """End the portal that `up` started here. Runs go on, unless they are to be stopped.

    Says on the way which runs are left and what they are doing, and ends with 1 when some are left at the end.
    """
    from addon_portal.cli.shutdown import count_active_runs, end_up, stop_everything

    if timeout is not None and not stop_runs:
        raise BadUsage("--timeout says how long to wait for runs that are stopped: it goes with --stop-runs.")
    settings = settings_of(data_dir=data, database_url=database_url)
    ended = end_up(settings)
    if not as_json:
        print_line(f"The portal (pid {ended}) has ended." if ended else f"No portal is up on {settings.data_dir}.")
    if stop_runs:
        done, keepers = stop_everything(settings, timeout)
        _tell_what_is_left(ended, done, keepers, as_json=as_json)
        raise typer.Exit(ExitCode.TROUBLE_FOUND if done.left else ExitCode.OK)
    active = count_active_runs(settings)
    if as_json:
        print_json({"portal_pid": ended, "active_runs": active})
    if active:
        hint(runs_go_on(active, settings.data_dir))
    raise typer.Exit(ExitCode.OK)


def _tell_what_is_left(ended: int | None, done: "Stopped", keepers: "list[KeeperEnd]", *, as_json: bool) -> None:
    from addon_portal.cli.shutdown import NOTHING

    for run in done.left:
        hint(run.sentence())
    if as_json:
        print_json(
            {
                "portal_pid": ended,
                "stopped": done.stopped,
                "left": [run.to_json() for run in done.left],
                "keepers": [{"pid": keeper.pid, "ended": keeper.ended} for keeper in keepers],
            }
        )
        return
    if done is not NOTHING:
        print_line(done.sentence())
    for keeper in keepers:
        if keeper.ended:
            print_line(f"The keeper (pid {keeper.pid}) has ended.")
        else:
            hint(f"The keeper (pid {keeper.pid}) still looks after processes; it ends when they do.")
