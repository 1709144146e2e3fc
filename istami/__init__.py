"""istami, for programs: ``istami.client`` speaks to a service. The service itself is in ``service``."""
