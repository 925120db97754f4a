"""A small world behind the API: Alice and Bob share a tenant, Charlie has another, Olivia is the operator.

Each world has tenants of its own, so that many can live in one database. Runs are moved by a stand-in for the
supervisor; what the portal says of them is read over HTTP.
"""

import json
import secrets
import select
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx

from addon_portal.auth.tokens import LINK, make_key
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import new_key_id, new_tenant_id
from addon_portal.domain.models import ApiKey, Role, Tenant
from addon_portal.domain.sessions import LoginLink
from addon_portal.storage.sessions import Sessions
from addon_portal.storage.wakeups import Listener
from tests.support.factories import StandInSupervisor
from tests.support.served import ApiClient, Served
from tests.support.waiting import wait_until

Json = dict[str, Any]


class World:
    """Alice (admin) and Bob (member) share a tenant with Victor (viewer); Charlie (admin) has another one."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.storage = served.storage
        served.app.state.portal.attempts._failures.clear()  # of worlds before, from the same address
        self.host_id = served.app.state.portal.host_id
        self.supervisor = StandInSupervisor(served.storage, self.host_id, served.settings.data_dir)
        self.supervisor.sweep()
        self.tenant = self._add_tenant("alice and bob")
        self.other_tenant = self._add_tenant("charlie")
        self._clients: list[ApiClient] = []
        self.nobody = self._connect(None)
        self.alice = self._connect(self.add_key(self.tenant, "alice", Role.ADMIN))
        self.bob_key = self.add_key(self.tenant, "bob", Role.MEMBER)
        self.bob = self._connect(self.bob_key)
        self.victor = self._connect(self.add_key(self.tenant, "victor", Role.VIEWER))
        self.charlie = self._connect(self.add_key(self.other_tenant, "charlie", Role.ADMIN))
        self.olivia = self._connect(self.add_key(self.other_tenant, "olivia", Role.OPERATOR))

    def add_key(self, tenant: Tenant, name: str, role: Role) -> str:
        """A key's text."""
        made, now = make_key(), SystemClock().now()
        with self.storage.write() as uow:
            key = ApiKey(new_key_id(now), tenant.id, name, role, made.prefix, now)
            uow.credentials.insert_key(key, made.secret_hash)
        return made.text

    def add_link(self, tenant: Tenant, name: str, role: Role, *, good_for: timedelta = timedelta(minutes=1)) -> str:
        """The secret of a log-in link."""
        made, now = make_key(LINK), SystemClock().now()
        with self.storage.write() as uow:
            Sessions(uow).insert_link(LoginLink(tenant.id, name, role, now, now + good_for), made.secret_hash)
        return made.text

    def log_in(self, tenant: Tenant, name: str, role: Role) -> ApiClient:
        """Somebody at the page, by a session's cookie, with the token that goes with it."""
        client = self._connect(None)
        response = client.post("/api/session", json={"token": self.add_link(tenant, name, role)})
        assert response.status_code == 201, response.text
        client.headers["X-CSRF-Token"] = json_of(response)["csrf_token"]
        return client

    def add_project(self, client: ApiClient | None = None, **changes: object) -> Json:
        """A project of Alice's, unless another client makes it."""
        body = {"name": f"project {secrets.token_hex(4)}", "command": ["true"], **changes}
        response = (client or self.alice).post("/api/tenant/projects", json=body)
        assert response.status_code == 201, response.text
        return json_of(response)

    def add_run(self, project: Json | None = None, **body: object) -> Json:
        """A pending run, of a new project unless one is given."""
        return self.accept(f"{path_of(project or self.add_project())}/run", **body)

    def add_final(self, code: int = 3, project: Json | None = None) -> Json:
        """A run whose program has returned a code."""
        run = self.add_run(project)
        self.supervisor.finish(run["run_id"], code)
        return self.get_run(run)

    def add_running(self) -> Json:
        """A run whose program executes."""
        run = self.add_run()
        self.supervisor.start(run["run_id"])
        return self.get_run(run)

    def accept(self, path: str, **body: object) -> Json:
        """POST something that must be accepted."""
        response = self.alice.post(path, json=body)
        assert response.status_code == 202, response.text
        return json_of(response)

    def get_run(self, run: Json) -> Json:
        """The run as it is shown now."""
        response = self.alice.get(f"/api/tenant/runs/{run['run_id']}")
        assert response.status_code == 200, response.text
        return json_of(response)

    def post_text(self, path: str, body: object) -> httpx.Response:
        """POST what the client's own encoder refuses to write, such as NaN and lone surrogates."""
        return self.alice.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})

    def wait_for_followers(self, count: int) -> None:
        """Wait until so many requests of this process follow what happens."""
        changes = self.served.app.state.changes
        wait_until(lambda: changes.waiting == count, f"{count} followers")

    @staticmethod
    def wait_readable(listener: Listener) -> None:
        """Wait for a wake-up."""
        readable, _, _ = select.select([listener], [], [], 10)
        assert readable, "no wake-up came"

    def close(self) -> None:
        """Close connections; withdraw what waits, so that the next world's queue is its own."""
        for client in self._clients:
            client.close()
        with self.storage.read() as uow:
            waiting = uow.host_runs.list_pending(self.host_id, 10_000)
        for facts in waiting:
            self.supervisor.finish(facts.run.id)

    def _add_tenant(self, name: str) -> Tenant:
        now = SystemClock().now()
        tenant = Tenant(new_tenant_id(now), f"{name} {secrets.token_hex(4)}", now)
        with self.storage.write() as uow:
            uow.tenants.insert(tenant)
        return tenant

    def connect_nobody(self) -> ApiClient:
        """A client that has shown nothing yet."""
        return self._connect(None)

    def _connect(self, key: str | None) -> ApiClient:
        client = ApiClient(self.served, key)
        self._clients.append(client)
        return client


def json_of(response: Any) -> Json:
    """The object that an answer is."""
    body = response.json()
    assert isinstance(body, dict)
    return body


def path_of(project: Json) -> str:
    """The address of a project."""
    return f"/api/tenant/projects/{project.get('project_id', project.get('id'))}"


def assert_problem(response: Any, status: int, code: str) -> Json:
    """The problem document, which must have this status and code."""
    body = json_of(response)
    assert (response.status_code, body.get("code")) == (status, code), response.text
    assert body["status"] == status
    assert body["type"] == f"urn:addon-portal:problem:{code}"
    return body


def fields_of(problem: Json) -> Sequence[str]:
    """What a problem document complains about."""
    return [each["field"] for each in problem["problems"]]
