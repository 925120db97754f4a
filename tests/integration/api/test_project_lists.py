"""The list of /api/tenant/projects: pages, search, filters, order."""

import pytest

from tests.support.world import World, assert_problem, fields_of, json_of

PROJECTS = "/api/tenant/projects"


def test_a_list_is_read_page_by_page_newest_first(any_world: World) -> None:
    made = [any_world.add_project()["id"] for _ in range(5)]
    found, cursor = [], None
    while True:
        page = json_of(any_world.alice.get(PROJECTS, params={"limit": 2} | ({"cursor": cursor} if cursor else {})))
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == made[::-1]


def test_a_list_can_be_searched(any_world: World) -> None:
    for name in ("Ümläut Nightly", "nightly-2", "other"):
        any_world.add_project(name=name)
    items = json_of(any_world.alice.get(PROJECTS, params={"search": "NIGHTLY"}))["items"]
    assert [item["name"] for item in items] == ["nightly-2", "Ümläut Nightly"]
    exact = json_of(any_world.alice.get(PROJECTS, params={"name": "other"}))["items"]
    assert [item["name"] for item in exact] == ["other"]
    assert json_of(any_world.alice.get(PROJECTS, params={"name": "Other"}))["items"] == []


def test_a_list_shows_the_newest_run_of_each(world: World) -> None:
    final = world.add_final()
    running = world.add_running()
    world.add_project()
    items = json_of(world.alice.get(PROJECTS))["items"]
    assert [item["latest_run"] and item["latest_run"]["run_id"] for item in items] == [
        None,
        running["run_id"],
        final["run_id"],
    ]


def test_a_list_can_be_narrowed_and_ordered(any_world: World) -> None:
    """What each filter and order finds is the storage's business; here only that it is asked."""
    any_world.add_project(name="b, never run")
    any_world.add_final(3, any_world.add_project(name="c, failed"))
    any_world.add_final(0, any_world.add_project(name="a, completed"))

    def names(**query: str | list[str]) -> list[str]:
        response = any_world.alice.get(PROJECTS, params=query)
        assert response.status_code == 200, response.text
        return [item["name"] for item in json_of(response)["items"]]

    assert names(sort="name") == ["a, completed", "b, never run", "c, failed"]
    assert names(sort="run") == ["a, completed", "c, failed", "b, never run"]
    assert names(standing=["never_run", "completed"], sort="name") == ["a, completed", "b, never run"]
    assert names(attention="true") == ["c, failed"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": -5}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "cnVuczox"}, "cursor"),
        ({"cursor": "é\0"}, "cursor"),
        ({"sort": "colour"}, "sort"),
        ({"standing": "asleep"}, "standing[0]"),
        ({"attention": "perhaps"}, "attention"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_query_is_refused(world: World, query: dict[str, str], field: str) -> None:
    assert fields_of(assert_problem(world.alice.get(PROJECTS, params=query), 422, "invalid_request")) == [field]
