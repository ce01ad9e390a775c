/* Two models in one program: how many tokens each knows. */
#include "bard.h"
#include "small.h"

#include <stdio.h>

static void show(const ignis_package *package) {
  ignis_error error;
  ignis_model *model = NULL;
  if (ignis_model_load(package, NULL, &model, &error) == IGNIS_OK)
    printf("%d tokens\n", (int)ignis_model_vocab(model));
  else
    printf("error: %s\n", error.message);
  ignis_model_free(model);
}

int main(void) {
  show(&ignis_package_bard);
  show(&ignis_package_small);
  return 0;
}
