"""Who is told: notices, their e-mails and what each person wants to hear of."""
