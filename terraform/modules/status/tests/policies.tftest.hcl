# What the policies really say: the real provider writes the documents (a mocked one invents them), at plan
# only, with dummy keys and nothing asked of AWS. The skip flags are for this file alone; the root has none.
provider "aws" {
  region     = "eu-west-1"
  access_key = "dummy"
  secret_key = "dummy"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  package  = "main.tf" # any file that is there: what is in it does not matter at plan
  ses      = {}
  sms      = {}
  pinpoint = { application_id = "0123456789abcdef0123456789abcdef" }

  context = {
    name_prefix        = "mailroom-test"
    account_id         = "123456789012"
    region             = "eu-west-1"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms"
    retain_data        = true
    log_retention_days = 30
    log_level          = "INFO"
  }
}

run "plans" {
  command = plan
}
