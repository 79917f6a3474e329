"""Users, settings, holidays, jobs and the trail: what surrounds the cases."""
