using Fanout.Azure.Tests.Support;
using Fanout.Azure.Tests.Tables;
using Fanout.Conformance.Limits;
using Fanout.Runs;
using Xunit;

namespace Fanout.Azure.Tests.Limits;

[Trait("Category", Categories.Azurite)]
public sealed class TableLimitStoreTests : LimitStoreContract, IAsyncLifetime
{
    private AzureStorage _hub = null!;
    private TableLimitStore _store = null!;

    protected override ILimitStore Store => _store;

    public async Task InitializeAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub();
        _store = Open(1);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private TableLimitStore Open(int seed) => new(_hub, TimeProvider.System, new Dice(seed).Next);
}
