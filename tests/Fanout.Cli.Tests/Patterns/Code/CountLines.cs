using Fanout.Azure;
using Fanout.Handlers;

namespace Fanout.Cli.Tests.Patterns.Code;

// README: blob-handler
public sealed class CountLines(IBlobReader blobs) : IItemHandler<BlobItem, int>
{
    public async ValueTask<int> HandleAsync(BlobItem blob, ItemContext context, CancellationToken cancellationToken)
    {
        using var text = new StreamReader(await blobs.OpenReadAsync(blob, cancellationToken));
        var lines = 0;
        while (await text.ReadLineAsync(cancellationToken) is not null)
            lines++;
        return lines;
    }
}

// README end
