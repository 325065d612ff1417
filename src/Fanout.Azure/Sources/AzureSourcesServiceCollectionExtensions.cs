using Fanout.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Azure;

/// <summary>Registrations of what makes blobs sources.</summary>
public static class AzureSourcesServiceCollectionExtensions
{
    /// <summary>Lets runs read sources from blobs (<c>blob://…</c>, <c>https://…</c>, <c>blobs</c>), and handlers open them with <see cref="IBlobReader"/>.</summary>
    /// <param name="services">The home's services.</param>
    /// <param name="storage">The account that paths without one mean.</param>
    public static IServiceCollection AddAzureSources(this IServiceCollection services, AzureStorage storage)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(storage);
        return services.AddSingleton<IRemoteSources>(new AzureSources(storage)).AddSingleton<IBlobReader>(new BlobReader(storage));
    }
}
