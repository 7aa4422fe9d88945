"""Pictures from a prompt: plan, then paint, then keep."""

from __future__ import annotations

from collections.abc import Iterator

from core.artifacts.artifact import artifact_id
from core.jobs.context import JobContext
from core.jobs.event import Event, Produced, Progress
from core.requests import ImageRequest
from core.tasks.branching import parent_artifacts, with_origin
from core.tasks.keep import keep_picture
from core.tasks.pictures import BATCH, Finished, pictures
from core.tasks.preparing import prepare, remarks
from core.tasks.recording import Recorder, head_of


def generate(request: ImageRequest, context: JobContext) -> Iterator[Event]:
    """Progress counts sampler steps, over all batches; Previews show the batch at work; Produced comes per picture.

    A picture depends on the request and its own seed alone, not on the others made with it. A job that ran before
    (and was killed or cancelled) makes only what is missing, and goes on from the last step that was kept: the pixels
    are those of the unbroken run. A sketch (not `kept`) ends with the Preview of its last step.
    Raises NoisetteError kinds: value, rule, remedy.
    """
    started = context.clock()
    job, batches = context.job_id, -(-request.count // (request.batch or BATCH))
    yield Progress(job, 0, request.steps * batches, 0.0, "loading the model")
    plan = prepare(request, context)
    request = with_origin(request, context)
    yield from remarks(job, plan.model, request)

    made = {artifact.id: artifact for artifact in context.history.of_job(job)}
    for artifact in made.values():
        yield Produced(job, artifact)
    missing = [index for index in range(request.count) if artifact_id(job, index) not in made]

    recorder = Recorder.of(context, head_of(context, request, plan), keep=request.kept)
    ended = False
    try:
        yield from recorder.notices()
        parents = parent_artifacts(request, context)
        for event in pictures(request, plan, missing, recorder, context, started):
            if isinstance(event, Finished):
                event = Produced(job, keep_picture(event, request, plan.model, recorder, parents, context))
                yield from recorder.notices()
            yield event
        ended = True
    finally:
        recorder.close(ended=ended)
