from django.db import models


class FailedTask(models.Model):
    """A background task that gave up, with all that is needed to run it again."""

    task = models.CharField(max_length=200)
    task_id = models.CharField(max_length=64, unique=True)
    kwargs = models.JSONField(default=dict)
    error = models.CharField(max_length=500)
    traceback = models.TextField(blank=True)
    at = models.DateTimeField()
    retried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(name="failed_task_newest", fields=("-at", "-id")),)

    def __str__(self) -> str:
        return f"{self.task}: {self.error}"
