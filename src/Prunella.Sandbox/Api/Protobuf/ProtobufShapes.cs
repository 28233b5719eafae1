namespace Prunella.Sandbox.Api.Protobuf;

/// <summary>How a protobuf field becomes JSON.</summary>
internal enum FieldForm { Text, Integer, Flag, Message, Bytes, Map, Quantity, IntOrText, Ignored }

internal readonly record struct ProtobufField(string Name, FieldForm Form, bool Repeated, bool KeepsZero, string Shape);

/// <summary>
/// Field numbers of the messages that <c>kubectl create</c>, <c>autoscale</c>, <c>auth can-i</c> and evictions send, from the
/// published .proto files. kubectl 1.32 and later speak protobuf for these and do not fall back.
/// </summary>
internal static class ProtobufShapes
{
    // number:name:form, where form is s text, i integer, z integer without zero, b flag, B flag kept when false, y bytes, q quantity,
    // x int-or-string, t ignored, or the name of a message; [] repeats and {} maps from text.
    private const string Source = """
        ObjectMeta 1:name:s 2:generateName:s 3:namespace:s 4:selfLink:t 5:uid:s 6:resourceVersion:s 7:generation:t 8:creationTimestamp:t 11:labels:{}s 12:annotations:{}s 13:ownerReferences:[]OwnerReference 14:finalizers:[]s
        OwnerReference 1:kind:s 3:name:s 4:uid:s 5:apiVersion:s 6:controller:B 7:blockOwnerDeletion:B
        LabelSelector 1:matchLabels:{}s 2:matchExpressions:[]LabelSelectorRequirement
        LabelSelectorRequirement 1:key:s 2:operator:s 3:values:[]s
        Namespace 1:metadata:ObjectMeta 2:spec:t 3:status:t
        ConfigMap 1:metadata:ObjectMeta 2:data:{}s 3:binaryData:{}y 4:immutable:B
        Secret 1:metadata:ObjectMeta 2:data:{}y 3:type:s 4:stringData:{}s 5:immutable:B
        ServiceAccount 1:metadata:ObjectMeta
        Service 1:metadata:ObjectMeta 2:spec:ServiceSpec 3:status:t
        ServiceSpec 1:ports:[]ServicePort 2:selector:{}s 3:clusterIP:s 4:type:s 5:externalIPs:[]s 7:sessionAffinity:s 8:loadBalancerIP:s 10:externalName:s
        ServicePort 1:name:s 2:protocol:s 3:port:i 4:targetPort:x 5:nodePort:z 6:appProtocol:s
        Deployment 1:metadata:ObjectMeta 2:spec:DeploymentSpec 3:status:t
        DeploymentSpec 1:replicas:i 2:selector:LabelSelector 3:template:PodTemplateSpec 4:strategy:DeploymentStrategy 5:minReadySeconds:z 6:revisionHistoryLimit:i 7:paused:b 9:progressDeadlineSeconds:i
        DeploymentStrategy 1:type:s 2:rollingUpdate:RollingUpdate
        RollingUpdate 1:maxUnavailable:x 2:maxSurge:x
        PodTemplateSpec 1:metadata:ObjectMeta 2:spec:PodSpec
        PodSpec 2:containers:[]Container 3:restartPolicy:s 4:terminationGracePeriodSeconds:i 5:activeDeadlineSeconds:i 6:dnsPolicy:s 7:nodeSelector:{}s 8:serviceAccountName:s 9:serviceAccount:s 10:nodeName:s 19:schedulerName:s 20:initContainers:[]Container
        Container 1:name:s 2:image:s 3:command:[]s 4:args:[]s 5:workingDir:s 6:ports:[]ContainerPort 7:env:[]EnvVar 8:resources:ResourceRequirements 13:terminationMessagePath:s 14:imagePullPolicy:s 20:terminationMessagePolicy:s
        ContainerPort 1:name:s 2:hostPort:z 3:containerPort:i 4:protocol:s 5:hostIP:s
        EnvVar 1:name:s 2:value:s
        ResourceRequirements 1:limits:{}q 2:requests:{}q
        Job 1:metadata:ObjectMeta 2:spec:JobSpec 3:status:t
        JobSpec 1:parallelism:i 2:completions:i 3:activeDeadlineSeconds:i 4:selector:LabelSelector 6:template:PodTemplateSpec 7:backoffLimit:i 8:ttlSecondsAfterFinished:i
        CronJob 1:metadata:ObjectMeta 2:spec:CronJobSpec 3:status:t
        CronJobSpec 1:schedule:s 2:startingDeadlineSeconds:i 3:concurrencyPolicy:s 4:suspend:B 5:jobTemplate:JobTemplateSpec 6:successfulJobsHistoryLimit:i 7:failedJobsHistoryLimit:i
        JobTemplateSpec 1:metadata:ObjectMeta 2:spec:JobSpec
        PodDisruptionBudget 1:metadata:ObjectMeta 2:spec:PodDisruptionBudgetSpec 3:status:t
        PodDisruptionBudgetSpec 1:minAvailable:x 2:selector:LabelSelector 3:maxUnavailable:x
        ResourceQuota 1:metadata:ObjectMeta 2:spec:ResourceQuotaSpec 3:status:t
        ResourceQuotaSpec 1:hard:{}q
        HorizontalPodAutoscaler 1:metadata:ObjectMeta 2:spec:HorizontalPodAutoscalerSpec 3:status:t
        HorizontalPodAutoscalerSpec 1:scaleTargetRef:CrossVersionObjectReference 2:minReplicas:i 3:maxReplicas:i 4:targetCPUUtilizationPercentage:i
        CrossVersionObjectReference 1:kind:s 2:name:s 3:apiVersion:s
        Role 1:metadata:ObjectMeta 2:rules:[]PolicyRule
        ClusterRole 1:metadata:ObjectMeta 2:rules:[]PolicyRule
        PolicyRule 1:verbs:[]s 2:apiGroups:[]s 3:resources:[]s 4:resourceNames:[]s 5:nonResourceURLs:[]s
        RoleBinding 1:metadata:ObjectMeta 2:subjects:[]Subject 3:roleRef:RoleRef
        ClusterRoleBinding 1:metadata:ObjectMeta 2:subjects:[]Subject 3:roleRef:RoleRef
        Subject 1:kind:s 2:apiGroup:s 3:name:s 4:namespace:s
        RoleRef 1:apiGroup:s 2:kind:s 3:name:s
        Eviction 1:metadata:ObjectMeta 2:deleteOptions:DeleteOptions
        DeleteOptions 1:gracePeriodSeconds:i 2:preconditions:Preconditions 3:orphanDependents:B 4:propagationPolicy:s 5:dryRun:[]s
        Preconditions 1:uid:s 2:resourceVersion:s
        SelfSubjectAccessReview 1:metadata:ObjectMeta 2:spec:AccessSpec 3:status:t
        AccessSpec 1:resourceAttributes:ResourceAttributes 2:nonResourceAttributes:NonResourceAttributes
        ResourceAttributes 1:namespace:s 2:verb:s 3:group:s 4:version:s 5:resource:s 6:subresource:s 7:name:s
        NonResourceAttributes 1:path:s 2:verb:s
        """;

    private static readonly Lazy<Dictionary<string, Dictionary<int, ProtobufField>>> shapes = new(Parse);

    public static Dictionary<int, ProtobufField>? Find(string message) => shapes.Value.GetValueOrDefault(message);

    private static Dictionary<string, Dictionary<int, ProtobufField>> Parse()
    {
        var parsed = new Dictionary<string, Dictionary<int, ProtobufField>>(StringComparer.Ordinal);
        foreach (var line in Source.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            parsed[words[0]] = words.Skip(1).Select(word => word.Split(':')).ToDictionary(parts => int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), Field);
        }

        return parsed;
    }

    private static ProtobufField Field(string[] parts)
    {
        var form = parts[2];
        var repeated = form.StartsWith("[]", StringComparison.Ordinal);
        if (form.StartsWith("{}", StringComparison.Ordinal)) return new ProtobufField(parts[1], FieldForm.Map, false, false, form[2..]);
        if (repeated) form = form[2..];
        return new ProtobufField(parts[1], Form(form), repeated, form is "i" or "B", form);
    }

    public static FieldForm Form(string form) => form switch
    {
        "s" => FieldForm.Text,
        "i" or "z" => FieldForm.Integer,
        "b" or "B" => FieldForm.Flag,
        "y" => FieldForm.Bytes,
        "q" => FieldForm.Quantity,
        "x" => FieldForm.IntOrText,
        "t" => FieldForm.Ignored,
        _ => FieldForm.Message,
    };
}
