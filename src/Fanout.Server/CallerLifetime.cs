using Microsoft.Extensions.Hosting;

namespace Fanout.Server;

/// <summary>The server lives as long as whoever runs it says: signals are theirs.</summary>
internal sealed class CallerLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
