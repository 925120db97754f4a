"""How our long-lived processes deal with their memory."""

import gc

_KEPT_BYTES = 8 << 20


def keep_freed_memory() -> None:
    """Keep up to 8 MiB of freed memory at hand instead of giving it back to the system at once.

    SQLite drops its page cache whenever another process has written. glibc returns the top of the heap as soon as
    128 KiB of it are free, so that each transaction gave pages back and faulted them in again: a quarter of a busy
    supervisor's time. Freeing a block that was mapped raises that limit to twice its size (mallopt(3),
    M_MMAP_THRESHOLD); this one is never touched, so it costs no memory. Elsewhere than on glibc it does nothing.
    """
    bytes(_KEPT_BYTES // 2)


def collect_nothing_yet() -> None:
    """Leave the garbage collector off until `freeze_what_stays`: while modules are imported it finds nothing.

    It went through them 200 times, a tenth of the time in which an api gets ready.
    """
    gc.disable()


def freeze_what_stays() -> None:
    """Have the garbage collector leave alone all that is there now: modules and wiring live as long as we do."""
    gc.collect()
    gc.freeze()
    gc.enable()
