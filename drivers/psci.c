// SPDX-License-Identifier: MIT
/* PSCI: power, from whoever is above us. The conduit comes from the device tree. */
#include <lintel/boot.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/printk.h>
#include <lintel/string.h>
#include <asm/smccc.h>

#define PSCI_CPU_OFF		0x84000002U
#define PSCI_CPU_ON		0x84000003U	/* with 64-bit arguments another number */
#define PSCI_AFFINITY_INFO	0x84000004U
#define PSCI_SYSTEM_OFF		0x84000008U
#define PSCI_OFF		1		/* AFFINITY_INFO's answer */
#define PSCI_64			(sizeof(ulong) == 8 ? 0x40000000U : 0)

static s32 (*conduit)(ulong fn, ulong a, ulong b, ulong c);

static s32 call_hvc(ulong fn, ulong a, ulong b, ulong c) { return smccc_hvc(fn, a, b, c); }
static s32 call_smc(ulong fn, ulong a, ulong b, ulong c) { return smccc_smc(fn, a, b, c); }

int psci_init(void)
{
	int node = fdt_next_compatible(-1, "arm,psci-1.0");
	const char *method;

	if (node < 0)
		node = fdt_next_compatible(-1, "arm,psci-0.2");
	if (node < 0)
		return -ENODEV;
	method = fdt_prop_string(node, "method");
	if (method && !strcmp(method, "hvc")) {
		conduit = call_hvc;
	} else if (method && !strcmp(method, "smc")) {
		conduit = call_smc;
	} else {
		pr_warn("PSCI: method \"%s\" is neither hvc nor smc\n", method ? method : "");
		return -EINVAL;
	}
	return 0;
}

int psci_cpu_on(u64 affinity, phys_addr_t entry, ulong arg)
{
	return conduit ? conduit(PSCI_CPU_ON | PSCI_64, (ulong)affinity, (ulong)entry, arg) : -ENODEV;
}

void psci_cpu_off(void)
{
	if (conduit)
		conduit(PSCI_CPU_OFF, 0, 0, 0);
}

bool psci_cpu_is_off(u64 affinity)
{
	return conduit && conduit(PSCI_AFFINITY_INFO | PSCI_64, (ulong)affinity, 0, 0) == PSCI_OFF;
}

const char *psci_error(int err)
{
	static const char *const names[] = {
		"success", "not supported", "invalid parameters", "denied", "already on", "on pending",
		"internal failure", "not present", "disabled", "invalid address",
	};

	return err == -ENODEV ? "there is no PSCI" :
	       err <= 0 && err > -(int)ARRAY_SIZE(names) ? names[-err] : "an unknown error";
}

int psci_system_off(void)
{
	if (!conduit)
		return -ENODEV;
	return conduit(PSCI_SYSTEM_OFF, 0, 0, 0);
}
