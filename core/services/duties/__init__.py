"""What the accredited owe and how they are watched: progress, reports, inspections, findings, complaints."""
