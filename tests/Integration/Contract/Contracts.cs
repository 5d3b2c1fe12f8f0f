using Tiketi.Integration.Containers;

namespace Tiketi.Integration.Contract;

// One suite, two clusters: a difference between them is a mistake of the local cloud's.

[Collection(ContainerClusterCollection.Name)]
public sealed class LocalRolloutTests(ContainerCluster cluster) : RolloutContract(cluster);

[Collection(RealKubernetesCollection.Name)]
public sealed class RealRolloutTests(RealKubernetes cluster) : RolloutContract(cluster);

[Collection(ContainerClusterCollection.Name)]
public sealed class LocalMigrationTests(ContainerCluster cluster) : MigrationContract(cluster);

[Collection(RealKubernetesCollection.Name)]
public sealed class RealMigrationTests(RealKubernetes cluster) : MigrationContract(cluster);

[Collection(ContainerClusterCollection.Name)]
public sealed class LocalDiagnosisTests(ContainerCluster cluster) : DiagnosisContract(cluster);

[Collection(RealKubernetesCollection.Name)]
public sealed class RealDiagnosisTests(RealKubernetes cluster) : DiagnosisContract(cluster);

[Collection(ContainerClusterCollection.Name)]
public sealed class LocalDeploymentTests(ContainerCluster cluster) : DeploymentContract(cluster);

[Collection(RealKubernetesCollection.Name)]
public sealed class RealDeploymentTests(RealKubernetes cluster) : DeploymentContract(cluster);

[Collection(ContainerClusterCollection.Name)]
public sealed class LocalLeaseTests(ContainerCluster cluster) : LeaseContract(cluster);

[Collection(RealKubernetesCollection.Name)]
public sealed class RealLeaseTests(RealKubernetes cluster) : LeaseContract(cluster);
