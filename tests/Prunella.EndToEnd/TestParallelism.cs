// The tests mostly wait for the cluster, Prometheus and soaks; more of them at once would only slow each other down.
[assembly: Xunit.v3.Parallelization(MaxThreads = 3)]
