using System.Diagnostics;
using Fanout.Handlers;

namespace Fanout.TestApp;

/// <summary>Kills its own process, as the kernel does when memory runs out, on one item; the others it lets pass after some milliseconds.</summary>
internal sealed class DeadlyHandler(HandlerOptions options) : IItemHandler<int, int>
{
    private readonly DeadlyOptions _options = options.Get<DeadlyOptions>();

    public async ValueTask<int> HandleAsync(int item, ItemContext context, CancellationToken cancellationToken)
    {
        if (item == _options.Item)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(_options.Work), TimeProvider.System, cancellationToken);
        return item;
    }

    /// <param name="Item">The deadly one.</param>
    /// <param name="Work">Milliseconds each of the others takes.</param>
    private sealed record DeadlyOptions(int Item, double Work = 0);
}
