//! The photos of reports: upright copies without metadata for whoever may see the report, and the original for staff.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::params::{Param, ParamShape};
use crate::http::route::{Access, Answer, Method, Route};
use crate::plan::{Photo, PhotoType, Slug};
use crate::services::Audience;
use crate::store::photos::Variant;

const SIZE: Param = Param::new(
    "size",
    ParamShape::OneOf(&["thumb", "view", "original"]),
    "thumb: up to 320 pixels; view: up to 2048; both JPEG, upright, without metadata. original: as it came, for those who are signed in. view when absent.",
);

const JPEG: &str = PhotoType::Jpeg.as_str();

const MEDIA_TYPES: &[&str] = &[JPEG, PhotoType::Png.as_str(), PhotoType::WebP.as_str()];

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/photos/{photo}",
        documented: None,
        method: Method::Get,
        access: Access::READ,
        id: "find_photo",
        summary: "A photo of a report that the caller may see. A photo's bytes never change.",
        parameters: &[&SIZE],
        body: None,
        answer: Answer::bytes(MEDIA_TYPES),
        handler: get(find_photo),
    }]
}

async fn find_photo(asked: Asked, Path(photo): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(&[&SIZE])?;
    let absent = || Problem::not_found("photo", format!("there is no photo {photo}"));
    let id: Slug = photo.parse().map_err(|_| absent())?;
    let (variant, size) = match params.word(&SIZE)? {
        Some("thumb") => (Variant::Thumb, "thumb"),
        Some("original") => (Variant::Original, "original"),
        _ => (Variant::View, "view"),
    };
    let view = asked.view().await?;
    let of_report = view.atlas.inspections.photo(&id).map(|(row, photo)| (photo.clone(), row.value.project.clone()));
    let (photo, project) = match (of_report, asked.caller.identity()) {
        (Some((photo, project)), _) => (photo, Some(project)),
        // Whoever sent it sees it before its report is there.
        (None, Some(user)) => (asked.state.photos.finished(user.name.as_str(), &id).await?.ok_or_else(absent)?, None),
        (None, None) => return Err(absent()),
    };
    if variant == Variant::Original && view.audience != Audience::Staff {
        return Err(Problem::forbidden("the original is for those who are signed in; size=view is for anybody"));
    }
    let bytes = asked.state.photos.read(&id, variant).await?.ok_or_else(absent)?;
    let media_type = if variant == Variant::Original { photo.media_type.as_str() } else { JPEG };
    let response = answer::unchanging(&asked.headers, media_type, &format!("{id}-{size}"), bytes);
    Ok(match variant {
        Variant::Original => answer::saved_as(response, &file_name(&photo, project.as_ref())),
        _ => response,
    })
}

fn file_name(photo: &Photo, project: Option<&Slug>) -> String {
    let ending = match photo.media_type {
        PhotoType::Jpeg => "jpg",
        PhotoType::Png => "png",
        PhotoType::WebP => "webp",
    };
    let Photo { id, .. } = photo;
    project.map_or_else(|| format!("{id}.{ending}"), |project| format!("{project}-{id}.{ending}"))
}
