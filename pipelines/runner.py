"""The runner, always named. On one machine: Beam's FnApi runner, one worker process a core.

Beam's own choice may be Prism, which downloads a binary and fails on a closed network. Any
other runner is chosen with Beam's ordinary options (``--runner=...`` behind ``--``).
"""

import os
import shlex
import sys
from collections.abc import Sequence

from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners import create_runner
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.runners.runner import PipelineRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment


def configured(beam_args: Sequence[str]) -> tuple[PipelineRunner, PipelineOptions]:
    """The runner that Beam's options name, else the local one; and the options for it."""
    options = PipelineOptions(list(beam_args))
    named = options.view_as(StandardOptions).runner
    if named is not None:
        return create_runner(named), options
    given = {arg.split("=")[0] for arg in beam_args}
    direct = options.view_as(DirectOptions)
    if "--direct_running_mode" in given:
        return fn_runner.FnApiRunner(provision_info=_provision(options)), options
    if "--direct_num_workers" not in given:
        direct.direct_num_workers = os.cpu_count() or 1
    # Which kind of worker is said by the environment of the local runner, below.
    direct.direct_running_mode = None
    return _local(options), options


def _local(options: PipelineOptions) -> PipelineRunner:
    """Worker processes that are heard through Beam only.

    Their stderr goes nowhere: stderr is for the operator, and a worker that reports a full disk by
    writing to it never answers. What goes wrong in a step comes back through the runner anyway.
    """
    command = f"exec {shlex.quote(sys.executable)} -m pipelines.worker {os.getpid()}"
    environment = SubprocessSDKEnvironment.from_command_string(f"{command} > /dev/null 2>&1")
    return fn_runner.FnApiRunner(
        default_environment=environment, provision_info=_provision(options)
    )


def _provision(options: PipelineOptions) -> fn_runner.ExtendedProvisionInfo:
    """The options as worker processes are told them."""
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    info = beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
    return fn_runner.ExtendedProvisionInfo(info)
