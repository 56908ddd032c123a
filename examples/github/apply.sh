# The second job: applies that plan and no other. It needs terraform, and neither npm nor a registry.
set -eu
tar -xzf stack.tar.gz
cd cdktf.out/stacks/*/
terraform init -input=false -lockfile=readonly
terraform apply -input=false -lock-timeout=10m plan.bin
