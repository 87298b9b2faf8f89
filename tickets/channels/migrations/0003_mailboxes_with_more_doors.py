import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import helpdesk.lib.crypto
import tickets.channels.models.mailbox
from django.conf import settings
from django.db import migrations, models


def translate(apps, _schema_editor):
    mailboxes = apps.get_model("channels", "Mailbox").objects
    mailboxes.filter(imap_tls=False).update(imap_security="none")
    for pk in mailboxes.values_list("pk", flat=True):
        key = tickets.channels.models.mailbox.new_hook_key()
        mailboxes.filter(pk=pk).update(hook_key=key)


def translate_back(apps, _schema_editor):
    mailboxes = apps.get_model("channels", "Mailbox").objects
    mailboxes.exclude(imap_security="tls").update(imap_tls=False)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('channels', '0002_attempts_of_deliveries'),
        ('tickets', '0005_deliveries_and_visible_text'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailboxChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('old', models.JSONField(default=dict)),
                ('new', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ('-at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='MailboxSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('microsoft', 'Microsoft 365'), ('google', 'Google'), ('other', 'Another one')], default='microsoft', max_length=10, verbose_name='provider')),
                ('tenant', models.CharField(blank=True, max_length=120, verbose_name='tenant')),
                ('client_id', models.CharField(max_length=200, verbose_name='client id')),
                ('client_secret', helpdesk.lib.crypto.EncryptedTextField(blank=True, verbose_name='client secret')),
                ('authorise_url', models.URLField(blank=True, max_length=400, verbose_name='sign-in address')),
                ('token_url', models.URLField(blank=True, max_length=400, verbose_name='token address')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('refresh_token', helpdesk.lib.crypto.EncryptedTextField(blank=True, editable=False)),
                ('access_token', helpdesk.lib.crypto.EncryptedTextField(blank=True, editable=False)),
                ('expires_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('signed_in_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('refused', models.CharField(blank=True, editable=False, max_length=300)),
                ('version', models.PositiveBigIntegerField(default=0, editable=False)),
                ('refreshing_until', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='MailboxTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=40, unique=True)),
                ('state', models.CharField(choices=[('running', 'Running'), ('passed', 'Passed'), ('failed', 'Failed')], default='running', max_length=8)),
                ('steps', models.JSONField(default=list)),
                ('started_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-started_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='ProviderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=10)),
                ('event_id', models.CharField(max_length=100)),
                ('kind', models.CharField(choices=[('delivered', 'Delivered'), ('deferred', 'Deferred'), ('bounced', 'Bounced'), ('rejected', 'Refused by the provider'), ('complained', 'Marked as spam'), ('other', 'Something else')], max_length=10)),
                ('recipient', models.CharField(blank=True, max_length=320)),
                ('mail_id', models.CharField(blank=True, max_length=998)),
                ('detail', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
            ],
        ),
        migrations.AlterModelOptions(
            name='mailbox',
            options={'base_manager_name': 'objects', 'verbose_name_plural': 'mailboxes'},
        ),
        migrations.AddField(
            model_name='arrival',
            name='parked_for',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='acknowledges_daily',
            field=models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(200)], verbose_name='to one address a day'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='acknowledges_hourly',
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='to one address an hour'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='after_fetch',
            field=models.CharField(choices=[('leave', 'Leave it as it is'), ('seen', 'Mark it as read'), ('move', 'Move it to another folder'), ('delete', 'Delete it')], default='leave', max_length=8, verbose_name='once a mail is safe here'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='after_fetch_folder',
            field=models.CharField(blank=True, max_length=200, verbose_name='folder to move to'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='backlog',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='failing_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='failures',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='hook_key',
            field=models.CharField(default='', editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='hook_public_key',
            field=models.CharField(blank=True, max_length=400, verbose_name='verification key'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='hook_secret',
            field=helpdesk.lib.crypto.EncryptedTextField(blank=True, verbose_name='webhook secret'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='imap_auth',
            field=models.CharField(choices=[('password', 'User and password'), ('oauth2', 'Sign in with Microsoft, Google or another provider')], default='password', max_length=8, verbose_name='IMAP sign-in'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='imap_security',
            field=models.CharField(choices=[('tls', 'TLS from the first byte'), ('starttls', 'STARTTLS'), ('none', 'None: in clear, for servers on this machine only')], default='tls', max_length=8, verbose_name='IMAP encryption'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='imap_since',
            field=models.DateField(blank=True, null=True, verbose_name='fetch mail since'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='language',
            field=models.CharField(blank=True, max_length=12, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='lease_number',
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='next_fetch_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='outgoing',
            field=models.CharField(choices=[('instance', 'The mail server of this installation'), ('smtp', 'An SMTP server of its own'), ('provider', 'A mail provider')], default='instance', max_length=8, verbose_name='mail leaves by'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='provider',
            field=models.CharField(blank=True, choices=[('postmark', 'Postmark'), ('mailgun', 'Mailgun'), ('sendgrid', 'SendGrid'), ('ses', 'Amazon SES')], max_length=8, verbose_name='provider'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='provider_account',
            field=models.CharField(blank=True, max_length=120, verbose_name='access key id'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='provider_domain',
            field=models.CharField(blank=True, max_length=200, verbose_name='sending domain'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='provider_key',
            field=helpdesk.lib.crypto.EncryptedTextField(blank=True, verbose_name='API key or token'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='provider_region',
            field=models.CharField(blank=True, max_length=40, verbose_name='region'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='queue_url',
            field=models.CharField(blank=True, max_length=400, verbose_name='SQS queue'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='quotes',
            field=models.CharField(choices=[('none', 'Nothing'), ('last', 'The message answered'), ('full', 'The whole conversation')], default='none', max_length=8, verbose_name='replies quote'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='signature',
            field=models.TextField(blank=True, max_length=2000, verbose_name='signature'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='smtp_auth',
            field=models.CharField(choices=[('password', 'User and password'), ('oauth2', 'Sign in with Microsoft, Google or another provider')], default='password', max_length=8, verbose_name='SMTP sign-in'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='smtp_host',
            field=models.CharField(blank=True, max_length=200, verbose_name='SMTP server'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='smtp_port',
            field=models.PositiveIntegerField(default=587, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)], verbose_name='SMTP port'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='smtp_secret',
            field=helpdesk.lib.crypto.EncryptedTextField(blank=True, verbose_name='SMTP password'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='smtp_security',
            field=models.CharField(choices=[('tls', 'TLS from the first byte'), ('starttls', 'STARTTLS'), ('none', 'None: in clear, for servers on this machine only')], default='starttls', max_length=8, verbose_name='SMTP encryption'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='smtp_user',
            field=models.CharField(blank=True, max_length=200, verbose_name='SMTP user'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='takes',
            field=models.CharField(choices=[('to-cc', 'Where the address stands in To or Cc'), ('to', 'Only where the address stands in To')], default='to-cc', max_length=8, verbose_name='mail is taken'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='waiting_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='arrival',
            name='source',
            field=models.CharField(choices=[('smtp', 'SMTP'), ('lmtp', 'LMTP'), ('imap', 'IMAP'), ('pipe', 'Pipe'), ('http', 'HTTP'), ('form', 'Web form'), ('webhook', "Provider's webhook"), ('sqs', 'Amazon SQS')], max_length=8),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='acknowledges',
            field=models.BooleanField(default=False, verbose_name='acknowledge new tickets'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='address',
            field=models.EmailField(max_length=254, unique=True, verbose_name='address'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='aliases',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), blank=True, default=list, size=None, verbose_name='other addresses'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='door',
            field=models.CharField(choices=[('intake', 'Our SMTP or LMTP intake, a pipe, or HTTP'), ('imap', 'IMAP polling'), ('webhook', "A provider's webhook"), ('sqs', 'Amazon SES through SQS')], default='intake', max_length=8, verbose_name='mail comes in by'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='imap_folder',
            field=models.CharField(default='INBOX', max_length=200, verbose_name='folder'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='imap_host',
            field=models.CharField(blank=True, max_length=200, verbose_name='IMAP server'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='imap_port',
            field=models.PositiveIntegerField(default=993, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)], verbose_name='IMAP port'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='imap_secret',
            field=helpdesk.lib.crypto.EncryptedTextField(blank=True, verbose_name='IMAP password'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='imap_user',
            field=models.CharField(blank=True, max_length=200, verbose_name='IMAP user'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='is_active',
            field=models.BooleanField(default=True, verbose_name='in use'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='is_default',
            field=models.BooleanField(default=False, verbose_name='default mailbox'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='last_error',
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='last_fetched_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='last_uid',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='leased_until',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='name',
            field=models.CharField(max_length=80, unique=True, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='team',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='accounts.team', verbose_name='team'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='topic',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='tickets.topic', verbose_name='topic'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='uid_validity',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='arrival',
            index=models.Index(condition=models.Q(('state', 'ignored'), models.Q(('parked_for', ''), _negated=True)), fields=['-received_at', '-id'], name='arrival_put_away'),
        ),
        migrations.AddField(
            model_name='mailboxchange',
            name='agent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mailboxchange',
            name='mailbox',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='channels.mailbox'),
        ),
        migrations.AddField(
            model_name='mailboxsignin',
            name='mailbox',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sign_in', to='channels.mailbox'),
        ),
        migrations.AddField(
            model_name='mailboxtest',
            name='agent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mailboxtest',
            name='mailbox',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tests', to='channels.mailbox'),
        ),
        migrations.AddField(
            model_name='providerevent',
            name='mailbox',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='channels.mailbox'),
        ),
        migrations.AddIndex(
            model_name='providerevent',
            index=models.Index(fields=['mail_id'], name='provider_event_by_mail'),
        ),
        migrations.AddConstraint(
            model_name='providerevent',
            constraint=models.UniqueConstraint(fields=('provider', 'event_id'), name='provider_event_once'),
        ),
        migrations.RunPython(translate, translate_back),
        migrations.RemoveField(
            model_name='mailbox',
            name='imap_tls',
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='hook_key',
            field=models.CharField(default=tickets.channels.models.mailbox.new_hook_key, editable=False, max_length=40, unique=True),
        ),
    ]
