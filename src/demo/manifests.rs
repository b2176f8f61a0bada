//! The manifests of an environment, in the shapes of domain.md 1.5. Secrets are masked as the platform masks them.

use app::model::{Key, Manifest};

use super::document::{Tree, map};
use super::subject::Subject;

/// The manifest of a Resource.
pub(super) fn manifest(subject: &Subject) -> Manifest {
    let tree = document(subject);
    let body = tree.to_yaml();
    let mut text = String::with_capacity(body.len() + 80);
    text.push_str("# Kept in the repository of the owner; change it there.\n");
    text.push_str(&body);
    Manifest { text, content: tree.to_json() }
}

fn document(subject: &Subject) -> Tree {
    let type_name = subject.type_name();
    let mut tree = map! {
        "name" => subject.key.name.as_str(),
        "version" => subject.version,
        "type" => type_name,
    };
    tree.put("tags", Tree::List(subject.tags().into_iter().map(Tree::from).collect()));
    if let Some(description) = &subject.description {
        tree.put("description", description.as_str());
    }
    tree.put("owner", subject.owner.as_str());
    tree.put("layer", subject.layer);
    if let Some(workspace) = &subject.key.workspace {
        tree.put("workspace", workspace.as_str());
    }
    let body = body(subject);
    match type_name {
        "workflow" => tree.put("workflow", body),
        "service" => tree.put("service", body),
        "worker" => tree.put("worker", body),
        "cluster" => tree.put("cluster", body),
        "depot" if subject.version == "v1" => tree.put("spec", body),
        "depot" => tree.put("depot", body),
        "secret" => tree.put("secret", body),
        "instance-secret" => tree.put("instance-secret", body),
        "lens" => tree.put("lens", body),
        "lakehouse" => tree.put("lakehouse", body),
        "bundle" => tree.put("bundle", body),
        "monitor" => tree.put("monitor", body),
        "pager" => tree.put("pager", body),
        "policy" => tree.put("policy", body),
        "stack" => tree.put("stack", body),
        "compute" => tree.put("compute", body),
        "database" => tree.put("database", body),
        "volume" => tree.put("volume", body),
        "operator" => tree.put("operator", body),
        "grant" => tree.put("grant", body),
        "resource" => tree.put("resource", body),
        // As newer platforms have it: the body of a type need not be called after it.
        _ => tree.put("spec", body),
    }
    tree
}

fn body(subject: &Subject) -> Tree {
    let name = subject.key.name.as_str();
    match subject.type_name() {
        "workflow" => workflow(subject),
        "service" => service(subject),
        "worker" => map! {
            "replicas" => i64::from(subject.replicas.unwrap_or(1)),
            "highAvailabilityConfig" => map! { "level" => "hostname", "mode" => "preferred" },
            "stack" => "bento-worker:3.0",
            "compute" => "runnable-default",
            "runAsUser" => subject.owner.as_str(),
            "resources" => resources("100m", "128Mi", "400m", "512Mi"),
            "stackSpec" => map! { "input" => map! { "topic" => name }, "output" => map! { "depot" => "lakehouse" } },
        },
        "cluster" => map! {
            "compute" => "query-default",
            "runAsUser" => subject.owner.as_str(),
            "type" # "the engine" => "minerva",
            "minerva" => map! {
                "replicas" => i64::from(subject.replicas.unwrap_or(1)),
                "resources" => resources("2000m", "2Gi", "2000m", "4Gi"),
                "depots" => vec![map! { "address" => "dataos://lakehouse:default" }],
            },
        },
        "depot" => depot(subject),
        "secret" | "instance-secret" => map! {
            "type" => "key-value-properties",
            "acl" => if name.ends_with("-r") { "r" } else { "rw" },
            "data" # "masked by the platform" => map! { "accesskeyid" => "***", "secretkey" => "***" },
        },
        "lens" => map! {
            "compute" => "runnable-default",
            "runAsUser" => subject.owner.as_str(),
            "secrets" => vec![map! { "name" => "git-r", "allKeys" => true }],
            "source" => map! { "type" => "minerva", "name" => "minervaone", "catalog" => "lakehouse" },
            "repo" => map! {
                "url" => "https://git.example.com/models",
                "lensBaseDir" => format!("lens/{name}/model"),
                "syncFlags" => Tree::texts(&["--ref=main"]),
            },
            "api" => map! { "replicas" => 1, "logLevel" => "info" },
            "worker" => map! { "replicas" => 1, "logLevel" => "info" },
            "router" => map! { "logLevel" => "info" },
        },
        "lakehouse" => {
            let depot = subject.names.first().map_or(name, |key| key.name.as_str());
            map! {
                "type" => "iceberg",
                "compute" => "runnable-default",
                "runAsUser" => subject.owner.as_str(),
                "iceberg" => map! {
                    "storage" => map! {
                        "depotName" => depot,
                        "type" => "s3",
                        "s3" => map! { "bucket" => "demo-bucket", "relativePath" => format!("/{name}") },
                        "secrets" => vec![secret_of(depot, "rw")],
                    },
                    "metastore" => map! { "type" => "iceberg-rest-catalog" },
                    "queryEngine" => map! { "type" => "themis" },
                },
            }
        }
        "bundle" => map! { "resources" => Tree::List(subject.names.iter().map(bundle_part).collect()) },
        "monitor" => map! {
            "schedule" # "minute hour day month weekday" => subject.cron.unwrap_or("*/10 * * * *"),
            "timezone" => "UTC",
            "runAsUser" => subject.owner.as_str(),
            "type" => "report_monitor",
            "incident" => map! { "name" => name, "severity" => "high", "incidentType" => "runtime" },
            "report" => map! {
                "source" => map! { "dataOsInstance" => map! {
                    "path" => "/collated/api/v1/reports/resources/runtime?id=service:v1:orders-api:public",
                } },
                "conditions" => vec![map! { "valueComparison" => map! {
                    "observationType" => "runtime",
                    "valueJqFilter" => ".value",
                    "operator" => "equals",
                    "value" => "pending:0/1",
                } }],
            },
        },
        "pager" => map! {
            "conditions" => vec![map! {
                "valueJqFilter" => ".properties.name", "operator" => "equals", "value" => name,
            }],
            "output" => map! { "webHook" => map! {
                "url" => "https://hooks.example.com/alerts",
                "verb" => "post",
                "authorization" => map! { "token" => "***", "customHeader" => "apikey" },
            } },
        },
        "policy" => map! { "data" => map! {
            "type" => "mask",
            "priority" => 40,
            "depot" => "lakehouse",
            "collection" => "retail",
            "dataset" => "customer",
            "selector" => map! { "column" => map! { "tags" => Tree::texts(&["PII.Email"]) } },
            "mask" => map! { "operator" => "hash", "hash" => map! { "algo" => "sha256" } },
        } },
        "stack" => map! {
            "name" => name,
            "version" => "3.0",
            "reconciler" => "stackManager",
            "flavor" => "standard",
            "secretProjection" => map! { "type" => "propFile" },
            "image" => map! { "repository" => "example", "image" => name, "tag" => "3.0.0" },
        },
        "compute" => map! {
            "dataplane" => "hub",
            "purpose" => if name.starts_with("query") { "query" } else { "runnable" },
            "nodePool" => map! { "nodeSelector" => map! { "pool" => name }, "tolerations" => Vec::new() },
        },
        "database" => map! {
            "migrate" => map! { "includes" => Tree::texts(&["migration/"]), "command" => "up" },
            "compute" => "runnable-default",
        },
        "volume" => map! { "size" => "1Gi", "accessMode" => "ReadWriteMany", "type" => "temp" },
        "operator" => map! {
            "components" => vec![map! {
                "name" => "controller", "type" => "worker", "compute" => "runnable-default", "image" => "example/op:1",
            }],
            "resources" => vec![map! { "name" => "pipeline-run", "isRunnable" => true }],
        },
        "grant" => map! {
            "policy" => map! { "name" => "read-lakehouse", "subjects" => Tree::texts(&["roles:id:user"]) },
        },
        "resource" => map! { "operator" => "adf-operator", "type" => "pipeline-run", "spec" => map! {} },
        _ => map! { "engine" => "depot", "repo" => map! { "url" => "https://git.example.com/models" } },
    }
}

fn workflow(subject: &Subject) -> Tree {
    let name = subject.key.name.as_str();
    let mut body = map! { "title" => title(name) };
    if let Some(cron) = subject.cron {
        body.put(
            "schedule",
            map! {
                "cron" # "minute hour day month weekday" => cron,
                "concurrencyPolicy" => "Forbid",
                "timezone" => "UTC",
                "endOn" => "2030-01-01T00:00:00Z",
            },
        );
    }
    body.put(
        "dag",
        vec![
            map! {
                "name" => format!("load-{name}"),
                "spec" => map! {
                    "stack" => "flare:7.0", "compute" => "runnable-default", "stackSpec" => map! { "job" => map! {} },
                },
            },
            map! {
                "name" => format!("check-{name}"),
                "dependencies" => vec![Tree::from(format!("load-{name}"))],
                "spec" => map! { "stack" => "soda+python:1.0", "compute" => "runnable-default" },
            },
        ],
    );
    body
}

fn service(subject: &Subject) -> Tree {
    let name = subject.key.name.as_str();
    let replicas = i64::from(subject.replicas.unwrap_or(1));
    map! {
        "title" => title(name),
        "replicas" => replicas,
        "autoScaling" # "at rest as many as `replicas`" => map! {
            "enabled" => replicas > 1,
            "minReplicas" => replicas,
            "maxReplicas" => replicas * 3,
            "targetCPUUtilizationPercentage" => 80,
        },
        "servicePort" => 8080,
        "ingress" => map! {
            "enabled" => true, "path" => format!("/{name}"), "stripPath" => true, "noAuthentication" => false,
        },
        "stack" => subject.stack.unwrap_or("container"),
        "logLevel" => "INFO",
        "compute" => "runnable-default",
        "runAsUser" => subject.owner.as_str(),
        "resources" => resources("100m", "128Mi", "500m", "512Mi"),
        "stackSpec" => map! {
            "image" => format!("example/{name}:1.4.2"),
            "environment" => map! { "LOG_FORMAT" => "json", "API_TOKEN" => "***" },
        },
    }
}

fn depot(subject: &Subject) -> Tree {
    let name = subject.key.name.as_str();
    let source = subject.depot_source.unwrap_or("S3");
    let mut body = map! {
        "type" # "what kind of source this depot points to" => source,
        "external" => true,
        "runAsUser" => subject.owner.as_str(),
    };
    let path = format!("/{name}");
    match source {
        "S3" => body.put(
            "s3",
            map! { "scheme" => "s3a", "bucket" => "demo-bucket", "relativePath" => path, "format" => "ICEBERG" },
        ),
        "GCS" => body.put("gcs", map! { "bucket" => "demo-bucket", "relativePath" => path }),
        "ABFSS" => body.put("abfss", map! { "account" => "demo", "container" => "raw", "relativePath" => path }),
        "WASBS" => body.put("wasbs", map! { "account" => "demo", "container" => "raw", "relativePath" => path }),
        "SNOWFLAKE" => body.put(
            "snowflake",
            map! { "warehouse" => "WH", "url" => "acct.example.com", "database" => "CRM", "account" => "acct" },
        ),
        "BIGQUERY" => body.put("bigquery", map! { "project" => "demo-project" }),
        "REDSHIFT" => {
            body.put("redshift", map! { "host" => "redshift.example.com", "port" => 5439, "database" => "demo" });
        }
        "KAFKA" => body.put("kafka", map! { "brokers" => Tree::texts(&["broker.example.com:9092"]) }),
        "PULSAR" => {
            body.put("pulsar", map! { "serviceUrl" => "pulsar://pulsar.example.com:6650", "tenant" => "public" });
        }
        "EVENTHUB" => body.put("eventhub", map! { "endpoint" => "sb://hub.example.com" }),
        "MONGODB" => body.put("mongodb", map! { "nodes" => Tree::texts(&["mongo.example.com:27017"]) }),
        "ELASTICSEARCH" => body.put("elasticsearch", map! { "nodes" => Tree::texts(&["es.example.com:9200"]) }),
        "OPENSEARCH" => body.put("opensearch", map! { "nodes" => Tree::texts(&["os.example.com:9200"]) }),
        _ => body.put(
            "jdbc",
            map! {
                "subprotocol" => "postgresql", "host" => "db.example.com", "port" => 5432, "database" => "demo",
            },
        ),
    }
    if app::model::is_object_storage(source) {
        body.put("compute", "runnable-default");
    }
    body.put("secrets", vec![secret_of(name, "r"), secret_of(name, "rw")]);
    body
}

fn secret_of(depot: &str, access: &str) -> Tree {
    let secret = format!("{depot}-{access}");
    map! { "name" => secret.clone(), "keys" => vec![Tree::from(secret)], "allKeys" => true }
}

fn bundle_part(key: &Key) -> Tree {
    let mut part = map! { "id" => format!("{}-{}", key.resource_type, key.name) };
    if let Some(workspace) = &key.workspace {
        part.put("workspace", workspace.as_str());
    }
    let version = Subject::new(key.clone(), String::new(), app::model::Timestamp(0)).version;
    part.put("spec", map! { "name" => key.name.as_str(), "version" => version, "type" => key.resource_type.as_str() });
    part
}

fn resources(cpu: &str, memory: &str, cpu_limit: &str, memory_limit: &str) -> Tree {
    map! {
        "requests" => map! { "cpu" => cpu, "memory" => memory },
        "limits" => map! { "cpu" => cpu_limit, "memory" => memory_limit },
    }
}

/// `ingest-orders` as `Ingest orders`.
fn title(name: &str) -> String {
    let spaced = name.replace('-', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
