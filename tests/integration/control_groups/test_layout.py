"""Where groups may be made, from what real machines have in /proc; their directories stand below a temporary one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from addon_portal.executors.control_groups import layout
from addon_portal.executors.control_groups.layout import OURSELVES, Hierarchy, find_hierarchies

V1_MOUNTS = """\
24 20 0:22 / /proc rw,relatime - proc proc rw
30 25 0:26 / {root}/memory rw,relatime - cgroup cgroup rw,memory
31 25 0:27 / {root}/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
32 25 0:28 /docker/abc {root}/pids rw,relatime - cgroup cgroup rw,pids
33 25 0:29 / {root}/freezer rw,relatime - cgroup cgroup rw,freezer
34 25 0:30 / {root}/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
"""
V1_GROUPS = "6:freezer:/\n5:pids:/docker/abc/x\n4:memory:/svc\n3:cpu,cpuacct:/\n1:name=systemd:/\n0::/\n"
V2_MOUNTS = "29 23 0:25 / {root} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
V2_GROUPS = "0::/system.slice/addon-portal.service\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Hierarchy]]:
    """Lays out a machine: what stands in /proc, and the groups that exist with their files."""
    monkeypatch.setattr(layout, "_SYSTEMD", tmp_path / "no-systemd")

    def make(mounts: str, groups: str, *existing: str, **files: str) -> list[Hierarchy]:
        (tmp_path / "mountinfo").write_text(mounts.format(root=tmp_path))
        (tmp_path / "cgroup").write_text(groups)
        for group in existing:
            (tmp_path / group).mkdir(parents=True)
        for name, content in files.items():
            (tmp_path / existing[0] / name.replace("_", ".", 1)).write_text(content)
        return find_hierarchies(tmp_path)

    return make


def test_version_1_has_a_tree_for_each_controller(machine: Callable[..., list[Hierarchy]], tmp_path: Path) -> None:
    found = machine(V1_MOUNTS, V1_GROUPS, "memory/svc", "cpu,cpuacct", "pids/x", "freezer", "systemd")
    assert found == [
        Hierarchy(1, frozenset({"memory"}), f"{tmp_path}/memory/svc"),
        Hierarchy(1, frozenset({"cpu"}), f"{tmp_path}/cpu,cpuacct"),
        Hierarchy(1, frozenset({"pids"}), f"{tmp_path}/pids/x"),
    ]


def test_what_is_not_seen_through_a_mount_is_not_used(machine: Callable[..., list[Hierarchy]], tmp_path: Path) -> None:
    groups = V1_GROUPS.replace("/docker/abc/x", "/docker/abcdef")
    found = machine(V1_MOUNTS, groups, "memory/svc", "cpu,cpuacct", "pids", "freezer", "systemd")
    assert [tree.own for tree in found] == [f"{tmp_path}/memory/svc", f"{tmp_path}/cpu,cpuacct"]


def test_version_2_has_one_tree(machine: Callable[..., list[Hierarchy]], tmp_path: Path) -> None:
    own = "system.slice/addon-portal.service"
    found = machine(V2_MOUNTS, V2_GROUPS, own, cgroup_controllers="cpuset cpu io memory hugetlb pids rdma misc\n")
    assert found == [Hierarchy(2, frozenset({"memory", "cpu", "pids"}), f"{tmp_path}/{own}")]


def test_who_has_moved_aside_divides_the_group_that_it_left(
    machine: Callable[..., list[Hierarchy]], tmp_path: Path
) -> None:
    own = "system.slice/addon-portal.service"
    groups = V2_GROUPS.replace("\n", f"/{OURSELVES}\n")
    found = machine(V2_MOUNTS, groups, own, f"{own}/{OURSELVES}", cgroup_controllers="memory pids\n")
    assert found == [Hierarchy(2, frozenset({"memory", "pids"}), f"{tmp_path}/{own}")]


def test_groups_are_found_beside_another_process(machine: Callable[..., list[Hierarchy]], tmp_path: Path) -> None:
    keepers, other = "system.slice/keeper.service", tmp_path / "another"
    machine(V2_MOUNTS, V2_GROUPS, keepers, cgroup_controllers="memory pids\n")
    other.write_text(f"0::/{keepers}/{OURSELVES}\n")
    (tmp_path / keepers / OURSELVES).mkdir()
    found = find_hierarchies(tmp_path, str(other))
    assert found == [Hierarchy(2, frozenset({"memory", "pids"}), f"{tmp_path}/{keepers}")]


def test_a_group_that_systemd_keeps_for_itself_is_left_alone(
    machine: Callable[..., list[Hierarchy]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_SYSTEMD", tmp_path)
    assert machine(V2_MOUNTS, V2_GROUPS, "system.slice/addon-portal.service", cgroup_controllers="memory\n") == []


def test_without_control_groups_there_is_none(machine: Callable[..., list[Hierarchy]], tmp_path: Path) -> None:
    assert machine("24 20 0:22 / /proc rw,relatime - proc proc rw\n", "") == []
    assert find_hierarchies(tmp_path / "nowhere") == []
