"""Runs the live session for long under changing conditions, and measures once a second."""

import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import psutil

from tryon_app.cameras.faulty import Fault, FaultyCamera
from tryon_app.core.errors import TryOnError
from tryon_app.core.types import Outfit, UInt8
from tryon_app.runtime.live import LiveSession
from tryon_app.runtime.states import LiveFrame, LiveState, LiveStatus

FAULTS = (
    Fault.UNPLUGGED,
    Fault.FROZEN,
    Fault.BLACK,
    Fault.STUCK,
    Fault.RESIZED,
    Fault.GARBAGE,
    Fault.DEVICE_ERROR,
)
SILENT = frozenset({Fault.RESIZED, Fault.GARBAGE})
"""The picture goes on in these: nothing has to be noticed."""
_START_S = 120.0
_RECOVERY_S = 30.0
_SETTLE_S = 2.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Schedule:
    """What happens when, in seconds.

    Attributes:
        sample: Between two measurements.
        garment: Between two outfits.
        fault: Between two faults.
        fault_lasts: How long a fault stands.
        person: How long somebody stays.
        nobody: How long nobody is there before the next one.
        snapshot: Between two pictures at full size.
        count_frames: Between two counts of the pictures that are held in memory.
    """

    sample: float = 1.0
    garment: float = 5.0
    fault: float = 60.0
    fault_lasts: float = 4.0
    person: float = 20.0
    nobody: float = 4.0
    snapshot: float = 30.0
    count_frames: float = 10.0

    @classmethod
    def within(cls, seconds: float) -> "Schedule":
        """The schedule of a run: in a short one faults follow each other faster, so that each comes once."""
        usual = cls()
        return cls(fault=max(min(usual.fault, seconds / (len(FAULTS) + 1)), 2 * usual.fault_lasts))


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement.

    Attributes:
        second: Since the beginning.
        rss_mb: Resident memory.
        handles: Open files, sockets and the like.
        threads: Threads of the process.
        fps: Frames a second since the sample before.
        frames_held: Pictures in memory, of all that were dressed; -1 where they were not counted.
        disturbed: A fault stood, or was just mended.
    """

    second: float
    rss_mb: float
    handles: int
    threads: int
    fps: float
    frames_held: int
    disturbed: bool


@dataclass(slots=True)
class FaultRecord:
    """One fault.

    Attributes:
        name: Which.
        second: When it began.
        noticed_s: After how long the session said so; None where it has no reason to, or never did.
        recovered_s: How long after its end the picture was back; None when it never was.
    """

    name: str
    second: float
    noticed_s: float | None = None
    recovered_s: float | None = None


@dataclass(slots=True)
class Soak:
    """What a run brought."""

    samples: list[Sample] = field(default_factory=list)
    faults: list[FaultRecord] = field(default_factory=list)
    outfits: int = 0
    snapshots: int = 0
    people: int = 0
    stage_failures: int = 0


class Pictures:
    """Counts those that are still in memory, without holding them.

    To list all objects instead (`gc.get_objects`) breaks other threads: a tuple that one is just building is then held
    twice, cannot grow any more, and its stage fails.
    """

    def __init__(self) -> None:
        self._alive: dict[int, weakref.ref[UInt8]] = {}

    def add(self, image: UInt8) -> None:
        """Count one, however often it comes; from any thread."""
        key = id(image)
        self._alive[key] = weakref.ref(image, lambda _gone: self._alive.pop(key, None))

    def __len__(self) -> int:
        return len(self._alive)


class SoakRun:
    """One run.

    Args:
        camera: What is shown, wrapped.
        make_session: Builds the session from (on_frame, on_status, observer).
        outfits: Worn in turn.
        schedule: What happens when.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        camera: FaultyCamera,
        make_session: Callable[..., LiveSession],
        outfits: Sequence[Outfit],
        schedule: Schedule,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._camera = camera
        self._schedule = schedule
        self._outfits = cycle(outfits)
        self._clock = clock
        self._process = psutil.Process()
        self._first = threading.Event()
        self._shown: LiveFrame | None = None
        self._frames = 0
        self._pictures = Pictures()
        self._state = LiveState.PREPARING
        self._failed = False
        self._trouble = "No picture came.", "Run `tryon doctor`."
        self._faults = cycle(FAULTS)
        self._next_s: dict[str, float] = {}
        self._turn_s = schedule.person
        self._mend_s = self._calm_s = self._broken_s = 0.0
        self._noticed_s: float | None = None
        self._session = make_session(self._take, self._status, self._count)
        self.result = Soak()

    def run(self, seconds: float, tell: Callable[[Sample], None] = lambda _: None) -> Soak:
        """Run for so long.

        Args:
            seconds: Measured from the first frame.
            tell: Told each measurement.

        Raises:
            TryOnError: The source cannot be opened, no picture ever came, or the models cannot be opened.
        """
        self._camera.open()  # what cannot be shown at all is said at once
        self._session.start(self._camera)
        try:
            self._session.set_outfit(next(self._outfits))
            if not self._first.wait(_START_S) or self._failed:
                raise TryOnError(*self._trouble)
            for sample in self._measure(seconds):
                self.result.samples.append(sample)
                tell(sample)
        finally:
            self._camera.set_fault(Fault.NONE)
            self._session.stop()
            self._camera.release()
        self.result.stage_failures = self._session.stats().failures
        return self.result

    def _measure(self, seconds: float) -> Iterator[Sample]:
        begin, last_s, frames, count_s = self._clock(), 0.0, self._frames, 0.0
        while (now := self._clock() - begin) < seconds:
            disturbed = self._broken
            self._change_outfit(now)
            self._break_and_mend(now)
            self._come_and_go(now)
            self._keep_a_picture(now)
            time.sleep(max(0.0, last_s + self._schedule.sample - (self._clock() - begin)))
            now = self._clock() - begin
            count = now >= count_s
            count_s += self._schedule.count_frames * count
            disturbed = disturbed or self._broken or now < self._calm_s
            yield self._sample(now, (self._frames - frames) / (now - last_s), count, disturbed)
            last_s, frames = now, self._frames

    @property
    def _broken(self) -> bool:
        return self._camera.fault not in (Fault.NONE, Fault.NOBODY)

    def _due(self, what: str, now: float, every: float) -> bool:
        """Whether it is time for something; the next time is set then."""
        if now < self._next_s.setdefault(what, every):
            return False
        self._next_s[what] += every
        return True

    def _change_outfit(self, now: float) -> None:
        if self._due("outfit", now, self._schedule.garment):
            self._session.set_outfit(next(self._outfits))
            self.result.outfits += 1

    def _keep_a_picture(self, now: float) -> None:
        if self._shown is not None and self._due("snapshot", now, self._schedule.snapshot):
            self._session.full_size(self._shown)
            self.result.snapshots += 1

    def _come_and_go(self, now: float) -> None:
        if self._broken or now < self._turn_s:
            return
        leaves = self._camera.fault is Fault.NONE
        self._camera.set_fault(Fault.NOBODY if leaves else Fault.NONE)
        self._turn_s = now + (self._schedule.nobody if leaves else self._schedule.person)
        self.result.people += not leaves

    def _break_and_mend(self, now: float) -> None:
        if self._broken and now >= self._mend_s:
            self._mend()
            self._calm_s = now + (self.result.faults[-1].recovered_s or 0.0) + _SETTLE_S
        elif not self._broken and self._due("fault", now, self._schedule.fault):
            self._mend_s = now + self._schedule.fault_lasts
            fault = next(self._faults)
            self.result.faults.append(FaultRecord(fault.value, round(now, 1)))
            self._broken_s, self._noticed_s = self._clock(), None
            self._camera.set_fault(fault)

    def _mend(self) -> None:
        """End the fault and wait until the picture is back."""
        record = self.result.faults[-1]
        if self._noticed_s is not None:
            record.noticed_s = round(self._noticed_s - self._broken_s, 2)
        self._camera.set_fault(Fault.NONE)
        begin, frames = self._clock(), self._frames
        while self._clock() - begin < _RECOVERY_S:
            if self._state is LiveState.RUNNING and self._frames > frames + 1:
                record.recovered_s = round(self._clock() - begin, 2)
                return
            time.sleep(_LOOK_S)

    def _sample(self, second: float, fps: float, count: bool, disturbed: bool) -> Sample:
        handles = self._process.num_fds() if hasattr(self._process, "num_fds") else self._process.num_handles()
        return Sample(
            second=round(second, 2),
            rss_mb=round(self._process.memory_info().rss / 2**20, 2),
            handles=handles,
            threads=self._process.num_threads(),
            fps=round(fps, 2),
            frames_held=len(self._pictures) if count else -1,
            disturbed=disturbed,
        )

    # -- told by the session's threads ---------------------------------------------------------------------------------

    def _take(self) -> None:
        self._shown = self._session.take() or self._shown

    def _count(self, live: LiveFrame, _stages: object) -> None:
        self._pictures.add(live.frame.image)
        self._pictures.add(live.composite.image)
        if live.original is not None:
            self._pictures.add(live.original.image)
        self._frames += 1
        self._first.set()

    def _status(self, status: LiveStatus) -> None:
        self._state = status.state
        if status.state is LiveState.RECONNECTING and self._noticed_s is None:
            self._noticed_s = self._clock()
        if status.remedy:
            self._trouble = status.message, status.remedy
        if status.state is LiveState.FAILED:
            self._failed = True
            self._first.set()
