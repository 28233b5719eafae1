namespace Prunella.Kubernetes.Rehearsing;

/// <summary>The objects of <see cref="RehearsedCluster"/>, as a cluster gives them; <c>{now}</c> is the present time.</summary>
internal static class RehearsedObjects
{
    internal const string Deployment =
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"shop","namespace":"rehearsal","uid":"d-1","generation":1,"resourceVersion":"1","creationTimestamp":"{now}","managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{}},"manager":"kubelet","operation":"Update","time":"{now}"}],"annotations":{"deployment.kubernetes.io/revision":"1"}},
        "spec":{"replicas":1,"progressDeadlineSeconds":600,"revisionHistoryLimit":10,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}},"selector":{"matchLabels":{"app":"shop"}},"template":{"metadata":{"labels":{"app":"shop"}},"spec":{"restartPolicy":"Always","dnsPolicy":"ClusterFirst","enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority","priority":0,"schedulerName":"default-scheduler","securityContext":{},"serviceAccount":"default","serviceAccountName":"default","terminationGracePeriodSeconds":30,"tolerations":[{"effect":"NoExecute","key":"node.kubernetes.io/not-ready","operator":"Exists","tolerationSeconds":300}],"volumes":[{"name":"token","secret":{"defaultMode":420,"secretName":"token"}},{"name":"settings","configMap":{"name":"settings","defaultMode":420}}],"containers":[{"name":"app","image":"shop:1","command":["sh","-c","serve"],"env":[{"name":"PORT","value":"8080"}],"ports":[{"containerPort":8080,"name":"http","protocol":"TCP"}],"imagePullPolicy":"IfNotPresent","readinessProbe":{"httpGet":{"path":"/","port":8080,"scheme":"HTTP"},"initialDelaySeconds":1,"periodSeconds":1,"timeoutSeconds":1,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","volumeMounts":[{"mountPath":"/var/run/secrets","name":"token","readOnly":true}],"resources":{"limits":{"memory":"16Mi"},"requests":{"memory":"8Mi"}}}]}}},
        "status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1,"conditions":[{"type":"Available","status":"True","lastTransitionTime":"{now}"},{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable","lastTransitionTime":"{now}"}]}}
        """;

    internal const string ReplicaSet =
        """
        {"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"shop-1","namespace":"rehearsal","uid":"r-1","resourceVersion":"1","creationTimestamp":"{now}","managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{}},"manager":"kubelet","operation":"Update","time":"{now}"}],"labels":{"app":"shop"},"annotations":{"deployment.kubernetes.io/revision":"1"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"shop","uid":"d-1","controller":true}]},
        "spec":{"replicas":1,"selector":{"matchLabels":{"app":"shop"}},"template":{"metadata":{"labels":{"app":"shop"}},"spec":{"restartPolicy":"Always","dnsPolicy":"ClusterFirst","enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority","priority":0,"schedulerName":"default-scheduler","securityContext":{},"serviceAccount":"default","serviceAccountName":"default","terminationGracePeriodSeconds":30,"tolerations":[{"effect":"NoExecute","key":"node.kubernetes.io/not-ready","operator":"Exists","tolerationSeconds":300}],"volumes":[{"name":"token","secret":{"defaultMode":420,"secretName":"token"}},{"name":"settings","configMap":{"name":"settings","defaultMode":420}}],"containers":[{"name":"app","image":"shop:1","command":["sh","-c","serve"],"env":[{"name":"PORT","value":"8080"}],"ports":[{"containerPort":8080,"name":"http","protocol":"TCP"}],"imagePullPolicy":"IfNotPresent","readinessProbe":{"httpGet":{"path":"/","port":8080,"scheme":"HTTP"},"initialDelaySeconds":1,"periodSeconds":1,"timeoutSeconds":1,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","volumeMounts":[{"mountPath":"/var/run/secrets","name":"token","readOnly":true}],"resources":{"limits":{"memory":"16Mi"}}}]}}},"status":{"replicas":1,"readyReplicas":1}}
        """;

    private const string PodBegin =
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"shop-1-a","namespace":"rehearsal","uid":"p-1","resourceVersion":"1","creationTimestamp":"{now}","managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{}},"manager":"kubelet","operation":"Update","time":"{now}"}],"labels":{"app":"shop"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"shop-1","uid":"r-1","controller":true}]},
        "spec":{"nodeName":"node","dnsPolicy":"ClusterFirst","enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority","priority":0,"schedulerName":"default-scheduler","securityContext":{},"serviceAccount":"default","serviceAccountName":"default","terminationGracePeriodSeconds":30,"tolerations":[{"effect":"NoExecute","key":"node.kubernetes.io/not-ready","operator":"Exists","tolerationSeconds":300}],"volumes":[{"name":"token","secret":{"defaultMode":420,"secretName":"token"}},{"name":"settings","configMap":{"name":"settings","defaultMode":420}}],"restartPolicy":"Always","containers":[{"name":"app","image":"shop:1","command":["sh","-c","serve"],"env":[{"name":"PORT","value":"8080"}],"ports":[{"containerPort":8080,"name":"http","protocol":"TCP"}],"imagePullPolicy":"IfNotPresent","readinessProbe":{"httpGet":{"path":"/","port":8080,"scheme":"HTTP"},"initialDelaySeconds":1,"periodSeconds":1,"timeoutSeconds":1,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","volumeMounts":[{"mountPath":"/var/run/secrets","name":"token","readOnly":true}],"resources":{"limits":{"memory":"16Mi"},"requests":{"memory":"8Mi"}}}]},
        "status":{"phase":"Running","startTime":"{now}","hostIP":"10.0.0.1","podIP":"10.0.1.1","podIPs":[{"ip":"10.0.1.1"}],"qosClass":"Burstable","conditions":[{"type":"PodScheduled","status":"True","lastTransitionTime":"{now}"},{"type":"Ready","lastTransitionTime":"{now}",
        """;

    internal const string WellPod = PodBegin +
        """
        "status":"True"}],"containerStatuses":[{"name":"app","containerID":"containerd://1","imageID":"sha256:1","image":"shop:1","ready":true,"started":true,"restartCount":0,"state":{"running":{"startedAt":"{now}"}}}]}}
        """;

    internal const string KilledPod = PodBegin +
        """
        "status":"False","reason":"ContainersNotReady"}],"containerStatuses":[{"name":"app","containerID":"containerd://1","imageID":"sha256:1","image":"shop:1","ready":false,"restartCount":2,
        "state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 20s restarting failed container"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","startedAt":"{now}","finishedAt":"{now}"}}}]}}
        """;

    internal const string Event =
        """
        {"apiVersion":"v1","kind":"Event","metadata":{"name":"shop-1-a.1","namespace":"rehearsal","uid":"e-1","resourceVersion":"1","creationTimestamp":"{now}","managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{}},"manager":"kubelet","operation":"Update","time":"{now}"}]},"involvedObject":{"apiVersion":"v1","kind":"Pod","name":"shop-1-a","namespace":"rehearsal","uid":"p-1"},
        "reason":"BackOff","message":"Back-off restarting failed container","source":{"component":"kubelet","host":"node"},"firstTimestamp":"{now}","lastTimestamp":"{now}","count":2,"reportingComponent":"","reportingInstance":"","type":"Warning"}
        """;

    internal const string Log = "2026-01-01T00:00:00Z INFO listening on :8080\n2026-01-01T00:00:01Z ERROR out of memory\n";

    internal const string Node =
        """
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"node","uid":"n-1","resourceVersion":"1","creationTimestamp":"{now}","managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{}},"manager":"kubelet","operation":"Update","time":"{now}"}]},"spec":{},
        "status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":10250}},"images":[{"names":["shop:1"],"sizeBytes":1}],"nodeInfo":{"architecture":"amd64","bootID":"1","containerRuntimeVersion":"containerd://1","kernelVersion":"6","kubeProxyVersion":"v1","kubeletVersion":"v1","machineID":"1","operatingSystem":"linux","osImage":"Linux","systemUUID":"1"},"capacity":{"cpu":"4","memory":"16Gi","pods":"110"},"allocatable":{"cpu":"4","memory":"16Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True","lastTransitionTime":"{now}","lastHeartbeatTime":"{now}"}]}}
        """;
}
