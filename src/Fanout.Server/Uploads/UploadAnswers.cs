using System.Globalization;
using Fanout.Api;
using Fanout.Api.Answers;
using Fanout.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fanout.Server.Uploads;

/// <summary>Answers to files that are sent.</summary>
/// <param name="store">Where they go.</param>
/// <param name="mostBytes">The largest.</param>
/// <param name="atOnce">How many at once.</param>
internal sealed class UploadAnswers(UploadStore store, long mostBytes, int atOnce)
{
    private int _underWay;

    public async Task<IResult> TakeAsync(ApiCall call)
    {
        var name = call.Request.Query["name"].ToString();
        if (UploadStore.ExtensionOf(name) is not { } extension)
            return Problem.Answer(StatusCodes.Status400BadRequest, $"The parameter 'name' does not say what the file is. Give its name, ending in one of {UploadStore.Known}, and .gz behind that if it is compressed.");
        if (call.Request.ContentLength > mostBytes)
            return TooLarge();
        if (Interlocked.Increment(ref _underWay) > atOnce)
        {
            Interlocked.Decrement(ref _underWay);
            return Problem.Answer(StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture, $"{atOnce} files are being sent already. Send this one when they are done."));
        }

        try
        {
            if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = mostBytes;
            var upload = await store.TakeAsync(call.Request.Body, extension, call.Aborted).ConfigureAwait(false);
            return TypedResults.Json(upload, FanoutJson.Options, statusCode: StatusCodes.Status201Created);
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private IResult TooLarge() => Problem.Answer(StatusCodes.Status413PayloadTooLarge, string.Create(
        CultureInfo.InvariantCulture, $"The file is larger than {mostBytes:N0} bytes. Compress it, send it in parts, or have whoever runs the server allow more."));
}
