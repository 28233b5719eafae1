using System.Globalization;
using System.Text;

namespace Prunella.Sandbox.Shop;

/// <summary>The shop's manifests, as one would write them.</summary>
internal static class ShopManifests
{
    public static string All()
    {
        var yaml = new StringBuilder(Fixed);
        yaml.Append(Deployment("auth", "shop/auth:1.0.0", 2, "128Mi", "200m", Environment("JWT_ISSUER", "configMapKeyRef", "auth-config", "jwt-issuer") + Environment("JWT_SECRET", "secretKeyRef", "auth-secret", "signing-key")));
        yaml.Append(Deployment("redis", "shop/redis:7", 1, "256Mi", "200m", ""));
        yaml.Append(Deployment("catalog", "shop/catalog:1.0.0", 2, "256Mi", "500m", Environment("CATALOG_MODE", "configMapKeyRef", "shop-config", "catalog-mode")));
        yaml.Append(Deployment("payment", "shop/payment:1.0.0", 2, "192Mi", "250m", Environment("PAYMENT_KEY", "secretKeyRef", "payment-secret", "api-key")));
        yaml.Append(Deployment("recommendation", "shop/recommendation:1.0.0", 2, "256Mi", "250m", ""));
        yaml.Append(Deployment("api-server", "shop/api-server:1.0.0", 3, "256Mi", "400m", "        - {name: DB_POOL_MAX, value: \"50\"}\n"));
        yaml.Append(Deployment("frontend", "shop/frontend:1.0.0", 2, "192Mi", "300m", ""));
        return yaml.ToString();
    }

    private static string Environment(string name, string source, string from, string key) =>
        $"        - name: {name}\n          valueFrom: {{{source}: {{name: {from}, key: {key}}}}}\n";

    private static string Deployment(string name, string image, int replicas, string memory, string cpu, string environment) => string.Create(CultureInfo.InvariantCulture, $$"""
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: shop, labels: {app: {{name}} } }
        spec:
          selector: {app: {{name}} }
          ports:
          - {name: http, port: 80, targetPort: 8080}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{name}}, namespace: shop, labels: {app: {{name}}, app.kubernetes.io/part-of: shop} }
        spec:
          replicas: {{replicas}}
          progressDeadlineSeconds: 60
          selector:
            matchLabels: {app: {{name}} }
          template:
            metadata:
              labels: {app: {{name}} }
            spec:
              terminationGracePeriodSeconds: 5
              containers:
              - name: {{name}}
                image: {{image}}
                ports:
                - {name: http, containerPort: 8080}
                env:
                - {name: SERVICE_NAME, value: {{name}} }
        {{environment}}        resources:
                  requests: {cpu: 100m, memory: 64Mi}
                  limits: {cpu: {{cpu}}, memory: {{memory}} }
                readinessProbe:
                  httpGet: {path: /readyz, port: http}
                  periodSeconds: 1
                  failureThreshold: 2

        """);

    private const string Fixed = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: shop-config, namespace: shop}
        data: {catalog-mode: live, currency: EUR}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: auth-config, namespace: shop}
        data: {jwt-issuer: "https://auth.shop.example", token-minutes: "15"}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: auth-secret, namespace: shop}
        stringData: {signing-key: not-a-real-key}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: payment-secret, namespace: shop}
        stringData: {api-key: not-a-real-key}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: frontend-tls, namespace: shop}
        type: Opaque
        stringData: {tls.crt: not-a-real-certificate}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: postgres, namespace: shop, labels: {app: postgres}}
        spec:
          clusterIP: None
          selector: {app: postgres}
          ports:
          - {name: sql, port: 5432}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: postgres, namespace: shop, labels: {app: postgres, app.kubernetes.io/part-of: shop} }
        spec:
          serviceName: postgres
          replicas: 1
          selector:
            matchLabels: {app: postgres}
          template:
            metadata:
              labels: {app: postgres}
            spec:
              terminationGracePeriodSeconds: 10
              containers:
              - name: postgres
                image: shop/postgres:16
                ports:
                - {name: sql, containerPort: 5432}
                resources:
                  requests: {cpu: 250m, memory: 512Mi}
                  limits: {cpu: "1", memory: 1Gi}
                readinessProbe:
                  tcpSocket: {port: 5432}
                  periodSeconds: 1
                volumeMounts:
                - {name: data, mountPath: /var/lib/postgresql/data}
          volumeClaimTemplates:
          - metadata: {name: data}
            spec:
              accessModes: [ReadWriteOnce]
              storageClassName: standard
              resources:
                requests: {storage: 10Gi}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: api-server, namespace: shop}
        spec:
          minAvailable: 2
          selector:
            matchLabels: {app: api-server}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: frontend, namespace: shop}
        spec:
          maxUnavailable: 1
          selector:
            matchLabels: {app: frontend}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: frontend, namespace: shop}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: frontend}
          minReplicas: 2
          maxReplicas: 6
          metrics:
          - type: Resource
            resource:
              name: cpu
              target: {type: Utilization, averageUtilization: 200}

        """;
}
