"""The runner, always named. On one machine: Beam's FnApi runner, one worker process a core.

Beam's own choice may be Prism, which downloads a binary and fails on a closed network. Any
other runner is chosen with Beam's ordinary options (``--runner=...`` behind ``--``).

What was met in Beam 2.77 with other runners, and what is done about it here and in the graph:

- Dask: ``ValueError: Unexpected pipeline runner: DaskRunner``, so its full name is given; its
  metrics raise ``NotImplementedError``, so the summary does without; ``Reshuffle`` is left out, and
  everything stays in the partition where it began, so the graph groups by number. Not mended: an
  error whose traceback cannot be pickled (deep recursion) ends in an ``AssertionError`` in
  ``clean_exception`` of distributed, and the run waits until Ctrl-C.
- Beam's own job service: ``KeyError: 'beam:env:process:v1'`` with ``--environment_type=PROCESS``,
  which is for Flink and Spark; workers are ``LOOPBACK`` or ``EXTERNAL`` there.
- A worker pool (``EXTERNAL``) starts ``python`` from its path: an interpreter without Beam, and the
  run waits for ever.
"""

import os
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Sequence, Set
from typing import NoReturn

from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners import create_runner
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableRunner
from apache_beam.runners.runner import PipelineRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipelines.request import OptionError
from pipelines.survey_step import SHARED_BYTES

_DASK = "apache_beam.runners.dask.dask_runner.DaskRunner"
_FULL_NAMES = {"DaskRunner": _DASK}
"""Runners that Beam does not find by their short name."""

_MEMORY = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""How a worker process of this machine gets its memory, unless its environment says otherwise."""

_PARTITIONS = ("--dask_npartitions", "--dask_partition_size")
_DEFAULTS = {_DASK: ("--dask_npartitions=16",)}
"""Options of a runner that is given none of ``_PARTITIONS``: left to itself, Dask puts 128 elements
into one partition, and so all the work on one worker."""


def configured(beam_args: Sequence[str], size: int) -> tuple[PipelineRunner, PipelineOptions]:
    """The runner that Beam's options name, else the local one; and the options for it.

    ``size``: bytes of the input. Raises ``OptionError`` for a runner that is not there, an option
    that nobody here knows, or a value that it cannot have.
    """
    options = PipelineOptions(list(beam_args))
    given = {arg.split("=")[0] for arg in beam_args}
    named = options.view_as(StandardOptions).runner
    if named is None:
        _check(beam_args)
        return _on_this_machine(options, given, size), options
    name = _FULL_NAMES.get(named, named)
    runner = _created(name)
    _check(beam_args, may_know_more=isinstance(runner, PortableRunner))
    if given.isdisjoint(_PARTITIONS):
        options = PipelineOptions([*beam_args, *_DEFAULTS.get(name, ())])
    return runner, options


def _created(name: str) -> PipelineRunner:
    try:
        return create_runner(name)
    except ModuleNotFoundError as error:
        raise OptionError(
            f"{name} needs the package {error.name}, which is not installed"
        ) from None
    except (ValueError, ImportError, AttributeError) as error:
        raise OptionError(str(error)) from None


def _check(beam_args: Sequence[str], may_know_more: bool = False) -> None:
    """Beam itself leaves an option that it does not know aside, without a word.

    ``may_know_more``: the runner hands options on to a job service that has its own.
    """
    parsers: list[ArgumentParser] = []

    def refuse(message: str) -> NoReturn:
        raise OptionError(message)

    def take(parser: ArgumentParser) -> None:
        parser.error = refuse  # type: ignore[method-assign]  # else usage: every option of Beam
        parsers.append(parser)

    PipelineOptions(list(beam_args)).get_all_options(add_extra_args_fn=take)
    _, unknown = parsers[0].parse_known_args(list(beam_args))
    if unknown and not may_know_more:
        raise OptionError(f"no option of Beam or of this runner: {shlex.join(unknown)}")


def _on_this_machine(options: PipelineOptions, given: Set[str], size: int) -> PipelineRunner:
    """Worker processes, as many as cores, unless Beam's options of the local runner say else."""
    if "--direct_running_mode" in given:
        return _in_this_process(options)
    direct = options.view_as(DirectOptions)
    # Which kind of worker is said by the environment of the local runner, below.
    direct.direct_running_mode = None
    if "--direct_num_workers" in given:
        return _local(options)
    if size <= SHARED_BYTES:
        # One batch: a process for it would take longer to start than the batch takes.
        return _in_this_process(options)
    direct.direct_num_workers = os.cpu_count() or 1
    return _local(options)


def _in_this_process(options: PipelineOptions) -> PipelineRunner:
    return fn_runner.FnApiRunner(provision_info=_provision(options))


def _local(options: PipelineOptions) -> PipelineRunner:
    """Worker processes that are heard through Beam only.

    Their stderr goes nowhere: stderr is for the operator, and a worker that reports a full disk by
    writing to it never answers. What goes wrong in a step comes back through the runner anyway.

    Beam's threads take turns with the work, and glibc would keep memory for each of them; Arrow's
    own allocator keeps more than glibc does. A worker takes a third less so, in the same time.
    """
    memory = " ".join(f"export {name}=${{{name}:-{value}}};" for name, value in _MEMORY.items())
    command = f"{memory} exec {shlex.quote(sys.executable)} -m pipelines.worker {os.getpid()}"
    environment = SubprocessSDKEnvironment.from_command_string(f"{command} > /dev/null 2>&1")
    return fn_runner.FnApiRunner(
        default_environment=environment, provision_info=_provision(options)
    )


def _provision(options: PipelineOptions) -> fn_runner.ExtendedProvisionInfo:
    """The options as worker processes are told them."""
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    info = beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
    return fn_runner.ExtendedProvisionInfo(info)
