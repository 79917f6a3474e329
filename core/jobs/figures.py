"""What a worker counts for Prometheus.

Beside the site it counts into the site's folder, whose `/metrics` then has the sum; what a register stands at
(who leads, what waits) is read from the database there, and counted by nobody.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
JOBS = Counter("accredit_jobs_total", "Jobs that came to an end", ("job", "result"), registry=REGISTRY)
JOB_SECONDS = Histogram(
    "accredit_job_seconds",
    "Time that a job took",
    ("job",),
    buckets=(0.05, 0.25, 1, 5, 15, 60, 300, 1800),
    registry=REGISTRY,
)
MESSAGES = Counter(
    "accredit_messages_total", "Messages that were sent, put off or given up", ("result",), registry=REGISTRY
)
MESSAGE_SECONDS = Histogram(
    "accredit_message_seconds",
    "Time from the writing of a message until it was handed over",
    buckets=(1, 5, 10, 30, 60, 300, 1800, 7200, 86400),
    registry=REGISTRY,
)
CHECKED = Counter(
    "accredit_checked_total", "Accreditations that the daily check looked at", registry=REGISTRY
)
FAILED_CHECKS = Counter(
    "accredit_check_failures_total",
    "Accreditations that the daily check could not work off",
    registry=REGISTRY,
)
