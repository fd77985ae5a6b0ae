"""Jobs: work outside a request, with lease, heartbeat, fencing token, checkpoints, progress, cancel and schedules.

`tasks` declares and enqueues, `context` is what a running job sees, `worker` runs, `claims` is the queue itself.
"""
