"""How a network is trained."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """How to train.

    Attributes:
        data: Folder with the shards to learn from.
        holdout: Folder with shards that are only looked at, to see how it goes; "" = none.
        start: Checkpoint whose weights, of a network as wide or narrower, it begins with; "" = from nothing.
        seed: Of the first weights, the order and the flaws.
        steps: Steps of the whole schedule; 0 = the budget counts.
        minutes: Time budget of the whole schedule, resumed parts together.
        batch: Examples in a step.
        rate: Highest learning rate.
        decay: Weight decay.
        warm_up: Steps until the highest learning rate.
        average: Share of the averaged weights that stays at each step.
        bf16: Multiply in bfloat16: faster where the CPU has AVX512_BF16 or AMX, slower where not.
        threads: For torch.
        workers: Threads that prepare examples beside it.
        every_s: Seconds between checkpoints.
        log_steps: Steps between two lines of the journal.
    """

    data: str
    holdout: str = ""
    start: str = ""
    seed: int = 1
    steps: int = 0
    minutes: float = 60.0
    batch: int = 8
    rate: float = 2e-3
    decay: float = 0.02
    warm_up: int = 300
    average: float = 0.999
    bf16: bool = False
    threads: int = 2
    workers: int = 1
    every_s: float = 240.0
    log_steps: int = 50
