from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_api")]

    operations = [
        # Written with nearly every request, and worth nothing after a crash.
        migrations.RunSQL(
            "ALTER TABLE accounts_ratebucket SET UNLOGGED",
            "ALTER TABLE accounts_ratebucket SET LOGGED",
        ),
    ]
