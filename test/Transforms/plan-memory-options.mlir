// RUN: not ignis-opt %s --ignis-plan-memory=mode=heap 2>&1 | FileCheck %s --check-prefix=MODE
// RUN: not ignis-opt %s --ignis-plan-memory=max-tokens=0 2>&1 | FileCheck %s --check-prefix=TOKENS
// RUN: not ignis-opt %s --ignis-verify-memory-plan=max-tokens=100000 2>&1 | FileCheck %s --check-prefix=VERIFY
// RUN: not ignis-opt %s --ignis-verify-schedule=max-tokens=-1 2>&1 | FileCheck %s --check-prefix=SCHEDULE
// RUN: not ignis-opt %s --ignis-plan-memory=report=%t/missing/plan.json 2>&1 | FileCheck %s --check-prefix=FILE

// MODE: error: expects mode arena, slots or none, got heap
// TOKENS: error: expects max-tokens from 1 to 65536, got 0
// VERIFY: error: expects max-tokens from 1 to 65536, got 100000
// SCHEDULE: error: expects max-tokens from 1 to 65536, got -1
// FILE: error: {{.*}}plan.json: cannot write: No such file or directory
func.func @nothing() {
  return
}
