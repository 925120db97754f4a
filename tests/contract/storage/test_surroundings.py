"""What is shown around runs: project, newest run, host, place in the queue."""

from addon_portal.storage.surroundings import RunSurroundings, Surroundings
from tests.contract.storage.world import World


def test_what_stands_around_a_page_is_what_stands_around_each_run(world: World) -> None:
    project = world.add_project("nightly")
    first = world.add_final(project.id)
    world.add_run(scope=world.other_scope)
    second = world.add_run(project.id, restart_of=first.id)
    alone = world.add_run()
    observed_at = world.now()
    with world.storage.write() as uow:
        uow.hosts.record_observed(world.host.id, observed_at, "boot", 1)
    runs = [world.get(run.id) for run in (alone, second, first)]
    with world.storage.read() as uow:
        around = Surroundings(uow)
        found = around.of_runs(runs)
        assert found == [around.of_run(run) for run in runs]
        assert around.of_runs([]) == []
        assert around.observed_at(world.host.id) == observed_at
    assert found[1] == RunSurroundings("nightly", second.id, None, world.host.name, observed_at, 1)
    assert found[2] == RunSurroundings("nightly", second.id, None, world.host.name, observed_at, None)
    assert [each.queue_position for each in found] == [2, 1, None]
