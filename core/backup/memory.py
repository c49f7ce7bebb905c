"""What whoever reads an archive may take: a small file may say that it is a very large one."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

MOST_BYTES = 2 * 2**30
TOO_MUCH = f"to read it takes more memory than a backup ever should ({MOST_BYTES // 2**20:,} MB)"


def most(kind: int, wanted: int) -> int:
    """A limit that may be set: somebody may have set a lower one already."""
    return min([wanted, *(limit for limit in resource.getrlimit(kind) if limit != resource.RLIM_INFINITY)])


@contextmanager
def bounded() -> Iterator[None]:
    """Inside, this whole process has MOST_BYTES and no more: then comes MemoryError."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most(resource.RLIMIT_AS, MOST_BYTES), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
