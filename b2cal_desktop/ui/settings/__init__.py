"""The settings window: pages over one draft. Nothing here is imported before it is opened."""
