using Fanout.Embedded.Execution;
using Fanout.Embedded.History;

namespace Fanout.Embedded.Stores;

/// <summary>An instance to create.</summary>
/// <param name="Identity">What never changes about it.</param>
/// <param name="Started">Its input, the whole of its first history.</param>
/// <param name="CreatedAt">When.</param>
internal sealed record NewInstance(InstanceIdentity Identity, ExecutionStarted Started, DateTimeOffset CreatedAt);
