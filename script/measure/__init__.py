"""What `script/bench` and `script/chaos` run: a world of their own, its processes, figures and verdicts."""
