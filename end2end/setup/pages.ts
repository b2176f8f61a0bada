// One page of every kind, for what holds for all of them.
export const PAGES: { name: string; path: string; missing?: boolean }[] = [
  { name: "the overview", path: "/" },
  { name: "all Resources", path: "/resources" },
  { name: "the Depots", path: "/resources/depots" },
  { name: "a search", path: "/resources/services?q=customer-loyalty-recommendations-scoring-service&state=active" },
  { name: "a listing with a preview", path: "/resources/depots?preview=depots/salesraw" },
  { name: "a listing without rows", path: "/resources/depots?q=qqqxxxzzz" },
  { name: "the details of a Depot", path: "/resources/depots/salesraw" },
  { name: "the runtime of a Depot", path: "/resources/depots/salesraw/runtime" },
  { name: "the details of a long name", path: "/resources/services/public.customer-loyalty-recommendations-scoring-service" },
  { name: "the runtime of a Lens", path: "/resources/lenses/public.data-product-insights/runtime" },
  { name: "the events of a Workflow", path: "/resources/workflows/public.ingest-orders/events" },
  { name: "the manifest of a Service", path: "/resources/services/public.orders-api/manifest" },
  { name: "a deleted Depot", path: "/resources/depots/oldcrm" },
  { name: "a Service in error", path: "/resources/services/sandbox.misspelt-stack" },
  { name: "a misspelt name", path: "/resources/depots/salesrwa", missing: true },
  { name: "no page", path: "/nowhere", missing: true },
];
