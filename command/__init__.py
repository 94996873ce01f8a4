"""Response levels and plans, orders and call-outs, dangers, calls for help, closed roads, the timeline."""
