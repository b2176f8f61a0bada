//! The Resources that every environment begins with: those that documentation and tests name, and one of every case
//! that a catalog has to get right.

use app::model::{Key, Timestamp};

use super::fate::{DAY, Fate, HOUR, MINUTE};
use super::subject::Subject;

/// The fixtures, in their order. Their ages are the same in every environment.
pub(super) fn fixtures(now: Timestamp) -> Vec<(Subject, Fate)> {
    let mut cast = Cast { now, members: Vec::with_capacity(100) };
    cast.depots();
    cast.services();
    cast.workflows();
    cast.composites();
    cast.clusters_and_workers();
    cast.alerting();
    cast.everything_else();
    cast.members
}

struct Cast {
    now: Timestamp,
    members: Vec<(Subject, Fate)>,
}

/// Changes what is particular about a member.
type Touch<'a> = &'a dyn Fn(&mut Subject, &mut Fate);

const AS_USUAL: Touch<'static> = &|_, _| {};

impl Cast {
    /// Adds a member with the usual values of its type, polled, `age` days old; `touch` makes it particular.
    fn add(&mut self, key: Key, owner: &str, age: i64, touch: Touch<'_>) {
        // Not all at the stroke of the same second.
        let offset = i64::try_from(self.members.len()).unwrap_or_default() * 47 * MINUTE / 10;
        let created = Timestamp(self.now.0 - age * DAY - 2 * HOUR - offset);
        let mut subject = Subject::new(key, owner.to_owned(), Timestamp(created.0 / 1_000 * 1_000));
        let mut fate = Fate { polled: true, ..Fate::default() };
        touch(&mut subject, &mut fate);
        self.members.push((subject, fate));
    }

    fn ago(&self, millis: i64) -> Timestamp {
        Timestamp((self.now.0 - millis) / 1_000 * 1_000)
    }

    fn depots(&mut self) {
        self.add(depot("systemstreams"), "dataos-manager", 420, &|subject, _| {
            subject.version = "v1";
            subject.layer = "system";
            subject.depot_source = Some("PULSAR");
            subject.description = Some("Streams of the platform itself".to_owned());
        });
        self.add(depot("lakehouse"), "dataos-manager", 419, &|subject, _| {
            subject.layer = "system";
            subject.depot_source = Some("S3");
            subject.description = Some("Where curated tables live".to_owned());
            subject.user_tags = vec!["iceberg".to_owned()];
        });
        let restarted = self.ago(9 * DAY);
        self.add(depot("salesraw"), "adaabara", 160, &|subject, fate| {
            fate.since = Some(restarted);
            subject.depot_source = Some("S3");
            subject.description = Some("raw sales files".to_owned());
            subject.user_tags = vec!["dropzone".to_owned(), "team:sales".to_owned()];
            fate.failed_node = true;
        });
        let gone = self.ago(41 * DAY);
        self.add(depot("oldcrm"), "amirbergt", 380, &|subject, fate| {
            subject.depot_source = Some("JDBC");
            subject.description = Some("The CRM before the move".to_owned());
            fate.deleted_at = Some(gone);
        });
        let (gone, again) = (self.ago(20 * DAY), self.ago(19 * DAY));
        self.add(depot("partnerfeeds"), "anoukcalvo", 200, &|subject, fate| {
            subject.depot_source = Some("GCS");
            subject.description = Some("Files that partners send; made anew after a move".to_owned());
            fate.deleted_at = Some(gone);
            fate.created_again_at = Some(again);
        });
        for (place, (name, source)) in (0_i64..).zip([
            ("telemetrygcs", "GCS"),
            ("financeabfss", "ABFSS"),
            ("archivewasbs", "WASBS"),
            ("ordersjdbc", "JDBC"),
            ("crmwarehouse", "SNOWFLAKE"),
            ("adsbigquery", "BIGQUERY"),
            ("salesredshift", "REDSHIFT"),
            ("clickskafka", "KAFKA"),
            ("eventspulsar", "PULSAR"),
            ("metereventhub", "EVENTHUB"),
            ("catalogmongodb", "MONGODB"),
            ("searchelastic", "ELASTICSEARCH"),
            ("logsopensearch", "OPENSEARCH"),
        ]) {
            self.add(depot(name), "arjundorn", 300 - place * 11, &|subject, _| {
                subject.depot_source = Some(source);
                subject.description = Some(format!("{source} of the retail division"));
            });
        }
        let lately = self.ago(5 * HOUR);
        self.add(depot("brokenlake"), "carlafaro", 30, &|subject, fate| {
            subject.depot_source = Some("S3");
            fate.status = Some("error");
            fate.message = Some("the bucket refuses the key of `brokenlake-rw`");
            fate.since = Some(lately);
        });
        self.add(depot("silentdepot"), "carlafaro", 90, &|subject, fate| {
            subject.depot_source = Some("JDBC");
            fate.silent = true;
        });
        self.add(depot("forgotten"), "carlafaro", 250, &|subject, fate| {
            fate.status = Some("unknown");
            fate.polled = false;
            subject.depot_source = Some("REDSHIFT");
        });
    }

    fn services(&mut self) {
        self.add(service("public", "orders-api"), "adaabara", 120, &|subject, _| {
            subject.description = Some("Orders for the web shop".to_owned());
            subject.user_tags = vec!["team:sales".to_owned()];
            subject.replicas = Some(2);
        });
        self.add(service("sandbox", "orders-api"), "hanaholt", 33, &|subject, _| {
            subject.description = Some("Orders, to try things out".to_owned());
        });
        self.add(service("public", "flash-service-training"), "inesibarra", 75, AS_USUAL);
        self.add(service("curriculum", "flash-service-training"), "jonasjansen", 61, AS_USUAL);
        self.add(service("public", "pals01"), "inesibarra", 74, AS_USUAL);
        let hours = self.ago(7 * HOUR);
        self.add(service("analytics", "forecast-ui"), "kavyakessel", 48, &|subject, fate| {
            subject.description = Some("Waits for an image that nobody can pull".to_owned());
            fate.runtime = Some("pending:0/1".to_owned());
            fate.since = Some(hours);
        });
        let moments = self.ago(4 * MINUTE + 30_000);
        self.add(service("analytics", "pricing-ui"), "kavyakessel", 12, &|_, fate| {
            fate.runtime = Some("pending:0/1".to_owned());
            fate.since = Some(moments);
        });
        self.add(service("retail", "basket-api"), "larslindt", 140, &|subject, fate| {
            subject.replicas = Some(3);
            fate.runtime = Some("running:1".to_owned());
            fate.since = Some(hours);
        });
        self.add(service("retail", "coupon-api"), "larslindt", 101, &|_, fate| {
            fate.status = Some("error");
            fate.runtime = Some("running:1".to_owned());
            fate.message = Some("the ingress path `/coupon` is taken by another Service");
            fate.since = Some(hours);
        });
        self.add(service("retail", "refund-api"), "larslindt", 99, &|_, fate| {
            fate.status = Some("pending");
            fate.runtime = Some("running:1".to_owned());
            fate.since = Some(hours);
        });
        self.add(service("sandbox", "misspelt-stack"), "leilamoro", 3, &|subject, fate| {
            subject.description = Some("Names a stack that does not exist".to_owned());
            subject.stack = Some("contianer");
            fate.status = Some("error");
            fate.stage = Some("error");
            fate.runtime = Some(String::new());
            fate.message = Some("the stack `contianer` is not installed; did you mean `container`?");
        });
        self.add(service("sandbox", "crashing-api"), "leilamoro", 9, &|_, fate| {
            fate.runtime = Some("failed".to_owned());
            fate.since = Some(hours);
        });
        self.add(service("sandbox", "escape-proof"), "leilamoro", 21, &|subject, _| {
            subject.description = Some("<script>alert('not run')</script> & <b>not bold</b> \"quoted\"".to_owned());
            subject.user_tags = vec!["<i>tag</i>".to_owned()];
        });
        self.add(service("marketing", "umlaut-service"), "meinadir", 52, &|subject, _| {
            subject.description =
                Some("Größe, naïve, żółć, 東京の注文, Ελληνικά, مرحبا 🚀 – all the world's orders".to_owned());
        });
        self.add(service("public", LONGEST_NAME), "meinadir", 66, &|subject, _| {
            subject.description = Some("A name as long as the platform allows".to_owned());
        });
        self.add(service("marketing", "campaign-ui"), "meinadir", 88, &|_, fate| {
            fate.status = Some("warning");
            fate.since = Some(hours);
        });
        self.add(service("marketing", "banner-ui"), "meinadir", 87, &|_, fate| {
            fate.runtime = Some("hibernating:deep".to_owned());
            fate.since = Some(hours);
        });
        self.add(service("finance", "ledger-api"), "nadiaokoye", 130, &|subject, fate| {
            subject.description = Some("Ended, although it should be running".to_owned());
            fate.runtime = Some("succeeded".to_owned());
            fate.since = Some(hours);
        });
    }

    fn workflows(&mut self) {
        let hours = self.ago(3 * HOUR);
        let moments = self.ago(6 * MINUTE);
        self.add(workflow("public", "ingest-orders"), "adaabara", 119, &|subject, _| {
            subject.description = Some("Brings orders into the lakehouse every quarter of an hour".to_owned());
            subject.user_tags = vec!["team:sales".to_owned()];
            subject.cron = Some("*/15 * * * *");
        });
        self.add(workflow("public", "load-customers"), "adaabara", 110, &|_, fate| {
            fate.runtime = Some("failed".to_owned());
            fate.since = Some(hours);
        });
        self.add(workflow("analytics", "train-forecast"), "kavyakessel", 20, &|_, fate| {
            fate.runtime = Some("running".to_owned());
            fate.since = Some(moments);
        });
        self.add(workflow("analytics", "close-of-day"), "kavyakessel", 320, &|_, fate| {
            fate.runtime = Some("succeeded".to_owned());
            fate.since = Some(hours);
        });
        self.add(workflow("sandbox", "stopped-backfill"), "leilamoro", 15, &|_, fate| {
            fate.runtime = Some("aborted".to_owned());
            fate.since = Some(hours);
        });
        self.add(workflow("sandbox", "paused-sync"), "leilamoro", 16, &|_, fate| {
            fate.runtime = Some("paused".to_owned());
            fate.since = Some(hours);
        });
        self.add(workflow("sandbox", "bad-dag"), "leilamoro", 2, &|_, fate| {
            fate.status = Some("error");
            fate.stage = Some("error");
            fate.runtime = Some(String::new());
            fate.message = Some("the job `check-orders` depends on `load-order`, which does not exist");
        });
        self.add(workflow("finance", "year-end"), "nadiaokoye", 300, &|_, fate| {
            fate.stage = Some("complete");
            fate.polled = false;
        });
        let gone = self.ago(12 * DAY);
        self.add(workflow("public", "migrate-once"), "adaabara", 50, &|_, fate| fate.deleted_at = Some(gone));
    }

    fn composites(&mut self) {
        let lens = "data-product-insights";
        self.add(key("lens", Some("public"), lens), "rosarahn", 95, &|subject, _| {
            subject.description = Some("How data products are used".to_owned());
            subject.user_tags = vec!["lens".to_owned()];
        });
        for part in ["api", "router", "iris"] {
            self.add(service("public", &format!("{lens}-{part}")), "rosarahn", 95, &|subject, _| {
                subject.description = Some(format!("{part} is part of the lens {lens} in workspace public"));
            });
        }
        let hours = self.ago(2 * HOUR);
        self.add(key("worker", Some("public"), &format!("{lens}-worker")), "rosarahn", 95, &|subject, fate| {
            subject.description = Some(format!("worker is part of the lens {lens} in workspace public"));
            subject.replicas = Some(2);
            fate.runtime = Some("pending:1/2".to_owned());
            fate.since = Some(hours);
        });
        self.add(key("lakehouse", Some("public"), "saleslake"), "rosarahn", 70, &|subject, _| {
            subject.names = vec![depot("saleslake")];
            subject.description = Some("Sales as tables".to_owned());
        });
        self.add(depot("saleslake"), "rosarahn", 70, &|subject, _| subject.depot_source = Some("S3"));
        self.add(key("cluster", Some("public"), "saleslake"), "rosarahn", 70, AS_USUAL);
        self.add(key("bundle", None, "sales-bundle"), "rosarahn", 69, &|subject, _| {
            subject.names = vec![
                depot("salesraw"),
                service("public", "orders-api"),
                workflow("public", "ingest-orders"),
                workflow("public", "load-customers"),
            ];
            subject.description = Some("All that sales needs".to_owned());
        });
    }

    fn clusters_and_workers(&mut self) {
        self.add(key("cluster", Some("public"), "minervaone"), "dataos-manager", 410, &|subject, _| {
            subject.replicas = Some(2);
            subject.description = Some("Queries for everybody".to_owned());
        });
        let days = self.ago(3 * DAY);
        self.add(key("cluster", Some("analytics"), "themistwo"), "kavyakessel", 150, &|subject, fate| {
            subject.replicas = Some(2);
            fate.runtime = Some("failed".to_owned());
            fate.since = Some(days);
        });
        self.add(key("worker", Some("system"), "poros-indexer"), "dataos-manager", 400, &|subject, _| {
            subject.replicas = Some(2);
            subject.layer = "system";
        });
        self.add(key("worker", Some("public"), "events-sink"), "adaabara", 58, AS_USUAL);
    }

    fn alerting(&mut self) {
        self.add(key("monitor", Some("public"), "orders-api-runtime"), "adaabara", 117, &|subject, _| {
            subject.cron = Some("*/2 * * * *");
            subject.description = Some("orders-api is not running".to_owned());
        });
        self.add(key("pager", Some("public"), "orders-api-pager"), "adaabara", 117, &|subject, _| {
            subject.description = Some("tell the sales team".to_owned());
        });
    }

    fn everything_else(&mut self) {
        self.add(key("instance-secret", None, "salesraw-r"), "adaabara", 161, AS_USUAL);
        self.add(key("instance-secret", None, "salesraw-rw"), "adaabara", 161, AS_USUAL);
        self.add(key("secret", Some("public"), "git-r"), "rosarahn", 96, AS_USUAL);
        self.add(key("policy", None, "mask-email"), "dataos-manager", 390, AS_USUAL);
        self.add(key("compute", None, "runnable-default"), "dataos-manager", 424, AS_USUAL);
        self.add(key("compute", None, "query-default"), "dataos-manager", 424, AS_USUAL);
        for stack in ["container", "bento-3", "flare-7", "soda-1"] {
            self.add(key("stack", None, stack), "dataos-manager", 422, AS_USUAL);
        }
        self.add(key("database", Some("public"), "ordersdb"), "adaabara", 125, AS_USUAL);
        self.add(key("volume", Some("public"), "shared-files"), "inesibarra", 80, AS_USUAL);
        self.add(key("grant", None, "read-lakehouse"), "dataos-manager", 380, AS_USUAL);
        self.add(key("operator", None, "adf-operator"), "dataos-manager", 200, AS_USUAL);
        self.add(key("resource", Some("public"), "pipeline-run-1"), "dariodorn", 40, &|_, fate| {
            fate.runtime = Some("inprogress".to_owned());
        });
        self.add(key("resource", Some("public"), "pipeline-run-0"), "dariodorn", 44, AS_USUAL);
        // A type that newer platforms have and this catalog knows nothing of.
        self.add(key("vulcan", Some("public"), "sales-product"), "thealopez", 14, &|subject, fate| {
            subject.description = Some("The sales data product".to_owned());
            fate.runtime = Some("running:2".to_owned());
        });
    }
}

/// 48 characters: the longest name that the platform allows.
const LONGEST_NAME: &str = "customer-loyalty-recommendations-scoring-service";

fn depot(name: &str) -> Key {
    key("depot", None, name)
}

fn service(workspace: &str, name: &str) -> Key {
    key("service", Some(workspace), name)
}

fn workflow(workspace: &str, name: &str) -> Key {
    key("workflow", Some(workspace), name)
}

fn key(resource_type: &str, workspace: Option<&str>, name: &str) -> Key {
    Key::new(resource_type, workspace, name).expect("fixtures have good names")
}
