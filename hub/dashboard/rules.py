"""Who may see the settings and what runs behind the pages."""

from hub.core.access import administrator, coordinator, everyone, signed_in

see_front = everyone
see_home = signed_in
see_settings = coordinator
see_outbox = coordinator
change_identity = administrator
manage_jobs = coordinator
read_mail = administrator
